/** The history store {@code nbguard-jdbc}: what a guard has done, in SQLite or PostgreSQL. */
@NullMarked
package io.nbguard.jdbc;

import org.jspecify.annotations.NullMarked;

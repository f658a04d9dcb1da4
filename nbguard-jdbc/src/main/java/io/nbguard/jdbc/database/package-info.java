/** Internal: the two databases: how each is reached, made ready, and what its errors mean to a person. */
@NullMarked
package io.nbguard.jdbc.database;

import org.jspecify.annotations.NullMarked;

/** Internal: the tables: one class for each says how its rows are written and read. All SQL here is understood by both databases. */
@NullMarked
package io.nbguard.jdbc.table;

import org.jspecify.annotations.NullMarked;

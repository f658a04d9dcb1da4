/** Internal: what is nested, as JSON text that gives back exactly what went in. */
@NullMarked
package io.nbguard.jdbc.json;

import org.jspecify.annotations.NullMarked;

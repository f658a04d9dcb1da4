/** Internal: JSON for scripts: the same numbers that people see, with units in their names. */
@NullMarked
package io.nbguard.server.json;

import org.jspecify.annotations.NullMarked;

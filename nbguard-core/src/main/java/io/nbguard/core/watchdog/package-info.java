/** Internal: decides on the readings, ends an execution where a bound is crossed, and follows the kill to its end. */
@NullMarked
package io.nbguard.core.watchdog;

import org.jspecify.annotations.NullMarked;

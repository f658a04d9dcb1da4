/** Internal: the emergency shutdown: everything is ended at once, and a file says what was running. */
@NullMarked
package io.nbguard.core.emergency;

import org.jspecify.annotations.NullMarked;

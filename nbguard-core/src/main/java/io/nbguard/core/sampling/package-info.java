/** Internal: measure → decide → act: the sampling loop, the watchdog and what they see. */
@NullMarked
package io.nbguard.core.sampling;

import org.jspecify.annotations.NullMarked;

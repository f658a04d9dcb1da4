/** Internal: the sampling loop: measure, decide, act, report, on one thread, and what other threads see of it. */
@NullMarked
package io.nbguard.core.sampling;

import org.jspecify.annotations.NullMarked;

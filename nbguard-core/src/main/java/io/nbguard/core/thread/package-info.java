/** Internal: threads that the sampling loop and other parts make, how they pause, and the right of one of them to run the loop. */
@NullMarked
package io.nbguard.core.thread;

import org.jspecify.annotations.NullMarked;

/** Process trackers: which processes belong to an execution of this machine, and what can be done to them. */
@NullMarked
package io.nbguard.spi.process;

import org.jspecify.annotations.NullMarked;

/** Resource probes: memory, processors and pressure of the node. */
@NullMarked
package io.nbguard.spi.probe;

import org.jspecify.annotations.NullMarked;

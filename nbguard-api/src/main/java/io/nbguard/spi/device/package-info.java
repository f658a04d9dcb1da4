/** Device probes: GPUs and other devices, their use and their reservation. */
@NullMarked
package io.nbguard.spi.device;

import org.jspecify.annotations.NullMarked;

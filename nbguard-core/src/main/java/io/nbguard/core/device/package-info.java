/** Internal: the devices of the machine, as device probes report them. */
@NullMarked
package io.nbguard.core.device;

import org.jspecify.annotations.NullMarked;

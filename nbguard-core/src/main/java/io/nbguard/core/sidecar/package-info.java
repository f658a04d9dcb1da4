/**
 * Internal: the watchdog in a small JVM beside the host's, which no pause of the host holds up and which outlives it. The host's side:
 * {@link io.nbguard.core.sidecar.Sidecar}; the other: {@link io.nbguard.core.sidecar.SidecarMain}.
 */
@NullMarked
package io.nbguard.core.sidecar;

import org.jspecify.annotations.NullMarked;

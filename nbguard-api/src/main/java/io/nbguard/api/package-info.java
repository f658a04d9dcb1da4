/**
 * What every package below this one shares: ids, errors, the clock, registrations. A subject has a package of its own: {@code
 * execution}, {@code schedule}, {@code event}, {@code snapshot}, {@code watchdog}, {@code history}, {@code resource} and {@code
 * measure}.
 *
 * <p>Values are immutable and safe for use by any thread. Units stand in the type ({@link io.nbguard.api.measure.ByteSize},
 * {@link io.nbguard.api.measure.CpuTime}, {@link java.time.Duration}) or in the name ({@code cores}, {@code rssBytes}).
 */
@NullMarked
package io.nbguard.api;

import org.jspecify.annotations.NullMarked;

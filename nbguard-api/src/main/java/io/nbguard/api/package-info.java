/**
 * What a host passes to a guard and what it gets back: requests, handles, records, snapshots, events.
 *
 * <p>Values are immutable and safe for use by any thread. Units stand in the type ({@link io.nbguard.api.measure.ByteSize},
 * {@link io.nbguard.api.measure.CpuTime}, {@link java.time.Duration}) or in the name ({@code cores}, {@code rssBytes}).
 */
@NullMarked
package io.nbguard.api;

import org.jspecify.annotations.NullMarked;

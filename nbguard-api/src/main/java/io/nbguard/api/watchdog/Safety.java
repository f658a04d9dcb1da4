package io.nbguard.api.watchdog;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Reading;
import java.time.Duration;

/**
 * How safe the node is from its notebooks at this moment, and by what.
 *
 * @param tier what protects the node from a notebook that fills memory
 * @param watchdog where the watchdog runs now; {@link WatchdogMode#IN_PROCESS} also while a sidecar cannot be reached
 * @param reaction the longest time from the crossing of the threshold to the signal that must be reckoned with here: the
 *     loop's shortest pause, how late it has been at most in the last minute or two, the slowest tick of that time, and the
 *     slowest decision so far
 * @param survivableFillPerSecond how many bytes a second may be filled, from the threshold on, without the kernel's OOM
 *     killer: the room between threshold and limit over {@code reaction}, and never more than what the loop's pauses are
 *     made for; where several executions run, three quarters of the room over {@code reaction} and the time in which the
 *     heaviest dies, because the others go on meanwhile. It is for all of them together. It does not cover what has not
 *     happened here lately (a longer pause of the machine or of this JVM, a slower death), a victim that the kernel cannot
 *     kill, a threshold of which the limit is no longer away by that room, and memory of processes that this guard may not end.
 *     Unlimited on the writable tier; unavailable where there is no limit
 */
public record Safety(
        SafetyTier tier, WatchdogMode watchdog, Duration reaction, Reading<ByteSize> survivableFillPerSecond) {}

package io.nbguard.api.snapshot;

import java.time.Duration;

/**
 * How the sampling loop itself is doing, as of the moment in which the snapshot was asked for: a loop that stands still cannot
 * look well.
 *
 * @param ticks how many it made
 * @param interval the pause before the next tick: long far from the limit, short near it
 * @param lastTick what the last tick took
 * @param slowestTick what the slowest of the last minute or so took
 * @param lag how late the last tick began
 * @param missedTicks how many ticks were due while another one, or the machine, was in the way
 * @param sinceLastTick how long ago the last tick ended, reckoned when the snapshot was asked for; about {@code interval} at
 *     most while all is well
 * @param stalled whether the next tick has been due for two seconds or more: the watchdog of this process does not act
 */
public record LoopHealth(
        long ticks,
        Duration interval,
        Duration lastTick,
        Duration slowestTick,
        Duration lag,
        long missedTicks,
        Duration sinceLastTick,
        boolean stalled) {}

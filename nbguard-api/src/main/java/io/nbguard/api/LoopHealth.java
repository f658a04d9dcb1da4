package io.nbguard.api;

import java.time.Duration;

/**
 * How the sampling loop itself is doing.
 *
 * @param ticks how many it made
 * @param interval the pause before the next tick: long far from the limit, short near it
 * @param lastTick what the last tick took
 * @param slowestTick what the slowest of the last minute or so took
 * @param lag how late the last tick began
 * @param missedTicks how many ticks were due while another one, or the machine, was in the way
 */
public record LoopHealth(
        long ticks, Duration interval, Duration lastTick, Duration slowestTick, Duration lag, long missedTicks) {}

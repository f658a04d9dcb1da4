package io.nbguard.core.watchdog;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.watchdog.KillScenario.Cause;
import io.nbguard.api.watchdog.MemoryRung;
import io.nbguard.core.measure.ExecutionMeter;
import java.util.List;
import java.util.Optional;

/**
 * What all executions hold together, against the memory budget where the host has set one. Sums of RSS only raise the suspicion
 * that the budget's threshold is crossed; PSS settles it.
 *
 * <p>Sampling thread only; allocates nothing, but for {@link #breach}.
 */
final class BudgetBound {

    private final boolean set;
    private final long limit;
    private final Ladder ladder;
    private final Pace pace;
    private long used;
    private long settled;
    private long rss;

    /**
     * Makes one.
     *
     * @param budget empty if the host has set none: then only the sums are made
     * @param pace how fast executions fill
     */
    BudgetBound(Optional<ByteSize> budget, Ladder ladder, Pace pace) {
        set = budget.isPresent();
        limit = budget.map(ByteSize::bytes).orElse(0L);
        this.ladder = ladder;
        this.pace = pace;
    }

    /** Adds up what executions hold, as far as it was read. */
    void measure(List<ExecutionMeter> meters, long nowNanos) {
        long estimates = 0;
        long known = 0;
        long sumOfRss = 0;
        for (int i = 0; i < meters.size(); i++) {
            estimates += meters.get(i).estimateBytes(nowNanos);
            known += meters.get(i).settledBytes(nowNanos);
            sumOfRss += meters.get(i).rssBytes();
        }
        used = estimates;
        settled = known;
        rss = sumOfRss;
    }

    /** Returns whether there is a budget. */
    boolean isSet() {
        return set;
    }

    /** Returns what all executions hold together, by the best guess. */
    long usedBytes() {
        return used;
    }

    /** Returns the sum of their RSS. */
    long rssBytes() {
        return rss;
    }

    /** Returns where the watchdog acts. */
    long thresholdBytes() {
        return ladder.killBytes(limit);
    }

    /** Returns whether the best guess is beyond the threshold. */
    boolean isSuspected() {
        return used >= thresholdBytes();
    }

    /** Returns whether what executions are known to hold is beyond the threshold. */
    boolean isBreached() {
        return settled >= thresholdBytes();
    }

    /** Returns the breach as of the last measurement. */
    Breach breach() {
        return new Breach(Cause.MEMORY_BUDGET, used, thresholdBytes(), limit, rss);
    }

    /** Takes in how fast use grows, and reports its rung. */
    void climb(long nowNanos) {
        pace.observe(used, nowNanos);
        ladder.stand(settled, limit);
    }

    MemoryRung rung() {
        return ladder.rung();
    }

    /** Returns how long to wait until the next look. */
    long pauseNanos(long shortestNanos, long longestNanos) {
        return pace.pauseNanos(thresholdBytes() - used, shortestNanos, longestNanos);
    }
}

package io.nbguard.core;

/**
 * Which requests a guard takes; see {@link GuardBuilder#admission}. Every method checks its argument at
 * once and throws {@link IllegalArgumentException} naming it.
 */
public final class AdmissionSettings {

    private int maxConcurrent = 10;
    private int maxQueued = 10_000;
    private boolean countRemote;

    AdmissionSettings() {}

    /**
     * Sets how many executions may wait beyond those that run; further requests are refused with code OVERLOADED. Default
     * 10,000.
     */
    public AdmissionSettings maxQueued(int most) {
        if (most < 0) {
            throw new IllegalArgumentException("maxQueued must be 0 or more, not " + most);
        }
        maxQueued = most;
        return this;
    }

    /**
     * Sets whether the {@linkplain GuardBuilder#memoryBudget memory budget} counts what engines run elsewhere, too, by the memory that
     * they report last: nothing is started, here or elsewhere, while all executions together hold as much as
     * {@link WatchdogSettings#stopAdmittingAt} allows of the budget. What has reported nothing counts nothing. The watchdog keeps to
     * what runs on this node: no execution elsewhere is ended for the budget. Default: off.
     */
    public AdmissionSettings countRemote(boolean counted) {
        countRemote = counted;
        return this;
    }

    /** Sets {@link GuardBuilder#maxConcurrent}. */
    void maxConcurrent(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("maxConcurrent must be 1 or more, not " + most);
        }
        maxConcurrent = most;
    }

    /**
     * What is set.
     *
     * @param maxConcurrent how many executions run at once
     * @param maxQueued how many may wait beyond those
     * @param countRemote whether the memory budget counts what engines run
     */
    record Values(int maxConcurrent, int maxQueued, boolean countRemote) {}

    Values values() {
        return new Values(maxConcurrent, maxQueued, countRemote);
    }
}

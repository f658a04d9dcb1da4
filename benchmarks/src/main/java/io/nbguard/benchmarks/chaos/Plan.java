package io.nbguard.benchmarks.chaos;

import java.util.regex.Pattern;

/**
 * How much is done.
 *
 * @param tier what nbguard may do to the node's cgroup
 * @param only scenarios and tables whose id this matches
 * @param by guardians whose id this matches
 * @param runs of each scenario by each form of nbguard
 * @param peerRuns of each scenario by each peer
 * @param keyRuns of the scenarios that aims are about
 * @param survivalRuns at the highest rate, by nbguard in an idle host and by its sidecar
 * @param benignRuns of each scenario in which no execution is to be ended
 * @param warm whether the memory of a run is touched before it, so that the hog does not measure a virtual machine's host
 * @param costSeconds how long the sampler's processor time is measured
 */
record Plan(
        Tier tier,
        Pattern only,
        Pattern by,
        int runs,
        int peerRuns,
        int keyRuns,
        int survivalRuns,
        int benignRuns,
        boolean warm,
        int costSeconds) {

    /** By both forms of nbguard in sixteen scenarios: a little more than 200 in all. */
    private static final int WRITABLE_RUNS = 7;

    /** Returns the plan of the published figures: some 800 runs. */
    static Plan full(Tier tier, Pattern only, Pattern by) {
        return tier == Tier.WRITABLE
                ? new Plan(tier, only, by, WRITABLE_RUNS, 0, 0, 0, 0, false, 0)
                : new Plan(tier, only, by, 3, 3, 10, 50, 20, true, 60);
    }

    /** Returns a plan of two minutes that shows that everything works; its figures mean little. */
    static Plan quick(Tier tier, Pattern only, Pattern by) {
        return new Plan(tier, only, by, 1, 1, 1, 2, 1, false, 3);
    }

    /** Returns this plan with another number of runs of every scenario. */
    Plan withRuns(int number) {
        return new Plan(tier, only, by, number, number, number, number, number, warm, costSeconds);
    }

    /** Returns whether a guardian is wanted. */
    boolean wants(Guardian guardian) {
        return by.matcher(guardian.id()).find();
    }

    /** Returns whether something is wanted. */
    boolean wants(String id) {
        return only.matcher(id).find();
    }
}

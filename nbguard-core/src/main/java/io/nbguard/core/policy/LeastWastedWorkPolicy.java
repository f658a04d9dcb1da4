package io.nbguard.core.policy;

import io.nbguard.api.watchdog.Candidate;
import java.util.Comparator;

/** Takes the execution that gives back most memory for the work that is lost: most bytes per second of CPU time used. */
public final class LeastWastedWorkPolicy extends BestCandidate {

    /** Made by {@link java.util.ServiceLoader}. */
    public LeastWastedWorkPolicy() {
        super(
                "nbguard-least-wasted-work",
                Comparator.comparingDouble(LeastWastedWorkPolicy::bytesPerCpuSecond)
                        .reversed(),
                victim -> "least wasted work, " + victim.usage().cpuTime() + " of CPU time for " + victim.memory());
    }

    private static double bytesPerCpuSecond(Candidate candidate) {
        // A second is added so that two executions which have only just begun differ by what they hold.
        return candidate.memory().bytes() / (1 + candidate.usage().cpuTime().seconds());
    }
}

package io.nbguard.core.policy;

import io.nbguard.api.watchdog.Candidate;
import java.util.Comparator;

/** Takes the execution of the lowest priority. */
public final class LowestPriorityPolicy extends BestCandidate {

    /** Made by {@link java.util.ServiceLoader}. */
    public LowestPriorityPolicy() {
        super(
                "nbguard-lowest-priority",
                Comparator.comparingInt(Candidate::priority),
                victim -> "lowest priority, " + victim.priority() + ", holds " + victim.memory());
    }
}

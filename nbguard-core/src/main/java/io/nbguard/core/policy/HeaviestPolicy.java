package io.nbguard.core.policy;

import io.nbguard.api.watchdog.Candidate;
import java.util.Comparator;

/** Takes the execution that holds most: one kill gives back as much as one kill can. The default. */
public final class HeaviestPolicy extends BestCandidate {

    /** Made by {@link java.util.ServiceLoader}. */
    public HeaviestPolicy() {
        super(
                "nbguard-heaviest",
                Comparator.comparing(Candidate::memory).reversed(),
                victim -> "heaviest, holds " + victim.memory());
    }
}

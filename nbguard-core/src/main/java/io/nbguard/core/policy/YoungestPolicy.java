package io.nbguard.core.policy;

import io.nbguard.api.watchdog.Candidate;
import java.util.Comparator;

/** Takes the execution that was started last: in most cases the least work is lost. */
public final class YoungestPolicy extends BestCandidate {

    /** Made by {@link java.util.ServiceLoader}. */
    public YoungestPolicy() {
        super(
                "nbguard-youngest",
                Comparator.comparing(Candidate::age),
                victim -> "youngest, " + victim.age().toSeconds() + " s old, holds " + victim.memory());
    }
}

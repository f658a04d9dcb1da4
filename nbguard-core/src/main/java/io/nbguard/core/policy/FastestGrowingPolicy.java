package io.nbguard.core.policy;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.watchdog.Candidate;
import java.util.Comparator;

/** Takes the execution that grew fastest lately: it is the one that is running away. */
public final class FastestGrowingPolicy extends BestCandidate {

    /** Made by {@link java.util.ServiceLoader}. */
    public FastestGrowingPolicy() {
        super(
                "nbguard-fastest-growing",
                Comparator.comparingDouble(
                                (Candidate candidate) -> candidate.usage().growthBytesPerSecond())
                        .reversed(),
                victim -> "fastest growing, "
                        + ByteSize.ofBytes((long) Math.max(0, victim.usage().growthBytesPerSecond())) + "/s");
    }
}

package io.nbguard.spi.policy;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.watchdog.Candidate;
import io.nbguard.api.watchdog.KillScenario;
import java.util.List;

/**
 * What a {@link KillPolicy} decides on.
 *
 * @param cause which bound was crossed
 * @param used the use that crossed it
 * @param threshold the bound
 * @param limit what the bound is a part of
 * @param candidates the executions that may be chosen: never empty, none of them already dying, heaviest first
 */
public record KillSituation(
        KillScenario.Cause cause, ByteSize used, ByteSize threshold, ByteSize limit, List<Candidate> candidates) {

    /** Keeps its own copy of the list. */
    public KillSituation {
        candidates = List.copyOf(candidates);
    }
}

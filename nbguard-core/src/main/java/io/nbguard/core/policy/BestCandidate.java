package io.nbguard.core.policy;

import io.nbguard.api.watchdog.Candidate;
import io.nbguard.spi.policy.KillPolicy;
import io.nbguard.spi.policy.KillSituation;
import io.nbguard.spi.policy.Victim;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A policy that takes the first candidate in some order; where two are equal there, the heavier one. */
abstract class BestCandidate implements KillPolicy {

    private static final Comparator<Candidate> HEAVIEST_FIRST =
            Comparator.comparing(Candidate::memory).reversed();

    private final String name;
    private final Comparator<Candidate> order;
    private final Function<Candidate, String> rationale;

    BestCandidate(String name, Comparator<Candidate> order, Function<Candidate, String> rationale) {
        this.name = name;
        this.order = order.thenComparing(HEAVIEST_FIRST);
        this.rationale = rationale;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final Optional<Victim> choose(KillSituation situation) {
        List<Candidate> candidates = situation.candidates();
        if (candidates.isEmpty()) {
            return Optional.empty();
        }
        // No stream: memory is running out, and this code is rarely compiled yet.
        Candidate best = Collections.min(candidates, order);
        return Optional.of(new Victim(best.id(), rationale.apply(best)));
    }
}

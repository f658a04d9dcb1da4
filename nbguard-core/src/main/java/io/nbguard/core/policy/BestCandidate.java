package io.nbguard.core.policy;

import io.nbguard.api.Candidate;
import io.nbguard.spi.KillPolicy;
import io.nbguard.spi.KillSituation;
import io.nbguard.spi.Victim;
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
        // Memory is running out: a stream takes ten times as long where it is not compiled yet.
        Candidate best = candidates.get(0);
        for (int i = 1; i < candidates.size(); i++) {
            if (order.compare(candidates.get(i), best) < 0) {
                best = candidates.get(i);
            }
        }
        return Optional.of(new Victim(best.id(), rationale.apply(best)));
    }
}

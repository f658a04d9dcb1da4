package io.nbguard.core.sampling;

import io.nbguard.api.Candidate;
import io.nbguard.core.policy.HeaviestPolicy;
import io.nbguard.spi.KillPolicy;
import io.nbguard.spi.KillSituation;
import io.nbguard.spi.Victim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the kill policies in their order; the first opinion counts, and after the last one the heaviest is taken. A policy
 * that throws or names somebody who is not a candidate is passed over: memory is running out, and somebody must go.
 */
final class VictimChooser {

    private static final Logger log = LoggerFactory.getLogger(VictimChooser.class);

    private final List<KillPolicy> chain;

    VictimChooser(List<KillPolicy> policies) {
        List<KillPolicy> all = new ArrayList<>(policies);
        all.add(new HeaviestPolicy());
        chain = List.copyOf(all);
    }

    /**
     * Chooses.
     *
     * @param situation with at least one candidate
     */
    Choice choose(KillSituation situation) {
        for (KillPolicy policy : chain) {
            try {
                Optional<Victim> victim = policy.choose(situation);
                if (victim.isPresent() && isCandidate(victim.get(), situation)) {
                    return new Choice(policy.name(), victim.get());
                }
                victim.ifPresent(wrong -> log.error(
                        "kill policy {} chose {}, which is not a candidate; it is passed over",
                        policy.name(),
                        wrong.id()));
            } catch (RuntimeException | LinkageError e) {
                log.error(
                        "kill policy {} failed; it is passed over",
                        policy.getClass().getName(),
                        e);
            }
        }
        throw new IllegalStateException("no candidates to choose from");
    }

    private static boolean isCandidate(Victim victim, KillSituation situation) {
        for (Candidate candidate : situation.candidates()) {
            if (candidate.id().equals(victim.id())) {
                return true;
            }
        }
        return false;
    }

    /** Who was chosen, and by which policy. */
    record Choice(String policy, Victim victim) {}
}

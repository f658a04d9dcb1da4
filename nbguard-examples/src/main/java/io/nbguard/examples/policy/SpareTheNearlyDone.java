package io.nbguard.examples.policy;

import io.nbguard.api.watchdog.Candidate;
import io.nbguard.spi.policy.KillPolicy;
import io.nbguard.spi.policy.KillSituation;
import io.nbguard.spi.policy.Victim;
import java.util.Comparator;
import java.util.Optional;

/**
 * Ends the heaviest of those that are not nearly done: an execution that has run three quarters of its cells will give its
 * memory back soon, and a kill would waste most of its work. No opinion when all are nearly done, or when none of the others
 * holds enough to matter; then the next policy of the chain decides.
 */
public final class SpareTheNearlyDone implements KillPolicy {

    private static final double NEARLY_DONE = 0.75;
    // A victim must give back a noticeable part of what is used, or the next kill follows at once.
    private static final double LEAST_SHARE = 0.1;

    /** Made by {@code ServiceLoader}. */
    public SpareTheNearlyDone() {}

    @Override
    public String name() {
        return "spare-the-nearly-done";
    }

    @Override
    public Optional<Victim> choose(KillSituation situation) {
        return situation.candidates().stream()
                .filter(candidate -> done(candidate) < NEARLY_DONE)
                .max(Comparator.comparing(Candidate::memory))
                .filter(candidate ->
                        candidate.memory().bytes() >= situation.used().bytes() * LEAST_SHARE)
                .map(candidate -> new Victim(
                        candidate.id(),
                        "heaviest of those not nearly done, " + candidate.memory() + " with "
                                + Math.round(done(candidate) * 100) + " % of its cells behind it"));
    }

    /** Returns the part of its cells that is done, 0 while the total is not known. */
    private static double done(Candidate candidate) {
        int total = candidate.progress().cellsTotal().orElse(0);
        return total == 0 ? 0 : candidate.progress().cellsDone() / (double) total;
    }
}

package io.nbguard.core.watchdog;

import io.nbguard.api.GuardClock;
import io.nbguard.core.event.PluginFaults;
import io.nbguard.core.policy.HeaviestPolicy;
import io.nbguard.spi.policy.KillPolicy;
import io.nbguard.spi.policy.KillSituation;
import io.nbguard.spi.policy.Victim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;

/**
 * Asks the kill policies in their order; the first opinion counts, and after the last one the heaviest is taken. A policy
 * that throws, names an execution that is not a candidate, or does not answer in time is passed over: memory is running out,
 * and one execution must be ended.
 */
public final class VictimChooser {

    private static final long SHORTEST_NANOS = 1_000_000L;

    /** What part of the time that is left may be spent on their answers. */
    private static final double OF_WHAT_IS_LEFT = 0.25;

    private final long longestNanos;
    private final List<TimeBoundPolicy> chain = new ArrayList<>();

    /**
     * Makes one.
     *
     * @param timeout how long all policies of the chain that are not nbguard's own may take together
     */
    public VictimChooser(
            List<KillPolicy> policies, Duration timeout, PluginFaults faults, GuardClock clock, ThreadFactory threads) {
        longestNanos = timeout.toNanos();
        for (KillPolicy policy : policies) {
            chain.add(new TimeBoundPolicy(policy, faults, clock, threads));
        }
        chain.add(new TimeBoundPolicy(new HeaviestPolicy(), faults, clock, threads));
    }

    /**
     * Chooses.
     *
     * @param situation with at least one candidate
     * @param lastsNanos how long what is left of the memory lasts
     */
    Choice choose(KillSituation situation, long lastsNanos) {
        long timeout = Math.min(longestNanos, Math.max(SHORTEST_NANOS, (long) (lastsNanos * OF_WHAT_IS_LEFT)));
        long until = System.nanoTime() + timeout;
        for (TimeBoundPolicy policy : chain) {
            Optional<Victim> victim = policy.choose(situation, until);
            if (victim.isPresent()) {
                return new Choice(policy.name(), victim.get());
            }
        }
        throw new IllegalStateException("no candidates to choose from");
    }

    /** Returns how long the answers of policies may be waited for at most, as things are now. */
    public long longestNanos() {
        for (int i = 0; i < chain.size(); i++) {
            if (chain.get(i).isWaitedFor()) {
                return longestNanos;
            }
        }
        return 0;
    }

    /** Reports which policies broke their contract in the last choice: after the signal. */
    void tellFaults() {
        chain.forEach(TimeBoundPolicy::tellFault);
    }

    /** Ends the policies' threads. */
    public void close() {
        chain.forEach(TimeBoundPolicy::close);
    }

    /** The chosen execution, and the policy that chose it. */
    record Choice(String policy, Victim victim) {}
}

package io.nbguard.core.watchdog;

import io.nbguard.api.GuardClock;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.watchdog.Candidate;
import io.nbguard.api.watchdog.KillScenario;
import io.nbguard.api.watchdog.KillScenario.Cause;
import io.nbguard.core.measure.ExecutionMeter;
import io.nbguard.spi.policy.KillSituation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Selects the execution to end because of a breach: measures what the choice hangs on, within a part of the time that is left,
 * and asks the kill policies. Sampling thread only.
 */
final class VictimSelection {

    private static final Comparator<Candidate> HEAVIEST_FIRST =
            Comparator.comparing(Candidate::memory).reversed();

    /** Looking for memory that no process maps is not worth more than this. */
    private static final long LONGEST_LOOK_NANOS = 20_000_000L;

    /** After a choice that took this long the node is read exactly again, and not only its raw use. */
    private static final long LONG_CHOICE_NANOS = 1_000_000L;

    private final NodeBound node;
    private final PssRefinement refinement;
    private final VictimChooser chooser;
    private final boolean dryRun;
    private final GuardClock clock;

    VictimSelection(NodeBound node, PssRefinement refinement, VictimChooser chooser, boolean dryRun, GuardClock clock) {
        this.node = node;
        this.refinement = refinement;
        this.chooser = chooser;
        this.dryRun = dryRun;
        this.clock = clock;
    }

    /** Returns the executions that may be ended. */
    static List<ExecutionMeter> eligible(List<ExecutionMeter> meters) {
        List<ExecutionMeter> eligible = new ArrayList<>();
        for (ExecutionMeter meter : meters) {
            if (meter.watched().mayBeCondemned()) {
                eligible.add(meter);
            }
        }
        return eligible;
    }

    /**
     * Settles who holds most, as far as RSS leaves it open, and reads the node's use again: settling takes time, and a victim
     * may have freed its memory by itself meanwhile.
     *
     * @param allBytes what all executions hold now
     * @return the breach as it is now
     */
    Breach settle(Breach breach, List<ExecutionMeter> eligible, long allBytes, long nowNanos) {
        boolean ofNode = breach.cause() == Cause.NODE_LIMIT;
        if (eligible.size() >= 2 && ofNode) {
            long longest = (long) (node.lastsNanos() * PssRefinement.SHARE_OF_TIME_LEFT);
            refinement.settleHeaviest(eligible, nowNanos, longest);
            long left = Math.min(LONGEST_LOOK_NANOS, longest - (clock.nanoTime() - nowNanos));
            refinement.settleUnmapped(eligible, breach.used() - allBytes, nowNanos, left);
        } else if (eligible.size() >= 2) {
            refinement.settle(eligible, nowNanos);
        }
        return ofNode ? node.recheck(breach, clock.nanoTime() - nowNanos >= LONG_CHOICE_NANOS) : breach;
    }

    /**
     * Asks the kill policies.
     *
     * @param eligible at least one
     * @return what they chose; null if that is none of those
     */
    @Nullable Selected select(Breach breach, List<ExecutionMeter> eligible, long nowNanos) {
        List<Candidate> candidates = new ArrayList<>(eligible.size());
        for (ExecutionMeter meter : eligible) {
            candidates.add(meter.candidate(nowNanos));
        }
        candidates.sort(HEAVIEST_FIRST);
        KillSituation situation = new KillSituation(
                breach.cause(),
                ByteSize.ofBytes(breach.used()),
                ByteSize.ofBytes(breach.threshold()),
                ByteSize.ofBytes(breach.limit()),
                candidates);
        VictimChooser.Choice choice =
                chooser.choose(situation, breach.cause() == Cause.NODE_LIMIT ? node.lastsNowNanos() : Long.MAX_VALUE);
        KillScenario scenario = new KillScenario(
                clock.instant(),
                situation.cause(),
                situation.used(),
                situation.threshold(),
                situation.limit(),
                ByteSize.ofBytes(breach.raw()),
                choice.policy(),
                choice.victim().rationale(),
                choice.victim().id(),
                candidates,
                dryRun);
        for (ExecutionMeter meter : eligible) {
            if (meter.watched().id().equals(choice.victim().id())) {
                return new Selected(meter, scenario);
            }
        }
        return null;
    }

    /** Reports which kill policies broke their contract in the last choice: after the signal. */
    void tellFaults() {
        chooser.tellFaults();
    }

    /** The execution to end, and the record of why. */
    record Selected(ExecutionMeter meter, KillScenario scenario) {}
}

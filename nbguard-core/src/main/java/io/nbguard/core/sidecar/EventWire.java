package io.nbguard.core.sidecar;

import io.nbguard.api.Candidate;
import io.nbguard.api.CpuTime;
import io.nbguard.api.GuardEvent;
import io.nbguard.api.KillScenario;
import io.nbguard.api.Progress;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;

/** The form of those events that a watchdog tells. */
final class EventWire {

    private EventWire() {}

    private enum Kind {
        TERMINATED,
        CONFIRMED,
        UNCONFIRMED,
        WITHHELD,
        FROZEN,
        LAGGED,
        DEGRADED,
        RESTORED,
        MISBEHAVED
    }

    /**
     * Returns whether an event is told across: what the watchdog does, and how its loop fares. Rungs, limits and the
     * kernel's kills are the host's own to see.
     */
    static boolean isTold(GuardEvent event) {
        return kindOf(event) != null;
    }

    private static @org.jspecify.annotations.Nullable Kind kindOf(GuardEvent event) {
        if (event instanceof GuardEvent.Terminated) {
            return Kind.TERMINATED;
        }
        if (event instanceof GuardEvent.KillConfirmed) {
            return Kind.CONFIRMED;
        }
        if (event instanceof GuardEvent.KillUnconfirmed) {
            return Kind.UNCONFIRMED;
        }
        if (event instanceof GuardEvent.KillWithheld) {
            return Kind.WITHHELD;
        }
        if (event instanceof GuardEvent.BystandersFrozen) {
            return Kind.FROZEN;
        }
        if (event instanceof GuardEvent.LoopLagged) {
            return Kind.LAGGED;
        }
        if (event instanceof GuardEvent.ReadingDegraded) {
            return Kind.DEGRADED;
        }
        if (event instanceof GuardEvent.ReadingRestored) {
            return Kind.RESTORED;
        }
        return event instanceof GuardEvent.PluginMisbehaved ? Kind.MISBEHAVED : null;
    }

    static void write(GuardEvent event, WireOutput out) throws IOException {
        Kind kind = kindOf(event);
        if (kind == null) {
            throw new IllegalArgumentException(event + " is not told across");
        }
        out.constant(kind);
        out.instant(event.at());
        if (event instanceof GuardEvent.Terminated told) {
            out.text(told.notebook());
            write(told.scenario(), out);
        } else if (event instanceof GuardEvent.KillConfirmed told) {
            out.id(told.id());
            out.text(told.notebook());
            out.duration(told.took());
            out.size(told.freed());
        } else if (event instanceof GuardEvent.KillUnconfirmed told) {
            out.id(told.id());
            out.text(told.notebook());
            out.duration(told.waited());
            out.text(told.message());
        } else if (event instanceof GuardEvent.KillWithheld told) {
            out.constant(told.cause());
            out.size(told.used());
            out.size(told.threshold());
            out.text(told.message());
        } else if (event instanceof GuardEvent.BystandersFrozen told) {
            out.all(told.frozen(), out::id);
            out.duration(told.duration());
        } else if (event instanceof GuardEvent.LoopLagged told) {
            out.duration(told.lag());
            out.number(told.missedTicks());
        } else if (event instanceof GuardEvent.ReadingDegraded told) {
            out.text(told.quantity());
            out.text(told.reason());
        } else if (event instanceof GuardEvent.ReadingRestored told) {
            out.text(told.quantity());
        } else if (event instanceof GuardEvent.PluginMisbehaved told) {
            out.text(told.kind());
            out.text(told.plugin());
            out.constant(told.fault());
            out.optional(told.id(), out::id);
            out.optional(told.notebook(), out::text);
            out.text(told.message());
        }
    }

    static GuardEvent readEvent(WireInput in) throws IOException {
        Kind kind = in.constant(Kind.class);
        var at = in.instant();
        return switch (kind) {
            case TERMINATED -> new GuardEvent.Terminated(at, in.text(), readScenario(in));
            case CONFIRMED -> new GuardEvent.KillConfirmed(at, in.id(), in.text(), in.duration(), in.size());
            case UNCONFIRMED -> new GuardEvent.KillUnconfirmed(at, in.id(), in.text(), in.duration(), in.text());
            case WITHHELD ->
                new GuardEvent.KillWithheld(at, in.constant(KillScenario.Cause.class), in.size(), in.size(), in.text());
            case FROZEN -> new GuardEvent.BystandersFrozen(at, in.all(in::id), in.duration());
            case LAGGED -> new GuardEvent.LoopLagged(at, in.duration(), in.longNumber());
            case DEGRADED -> new GuardEvent.ReadingDegraded(at, in.text(), in.text());
            case RESTORED -> new GuardEvent.ReadingRestored(at, in.text());
            case MISBEHAVED ->
                new GuardEvent.PluginMisbehaved(
                        at,
                        in.text(),
                        in.text(),
                        in.constant(GuardEvent.PluginMisbehaved.Fault.class),
                        in.optional(in::id),
                        in.optional(in::text),
                        in.text());
        };
    }

    static void write(KillScenario scenario, WireOutput out) throws IOException {
        out.instant(scenario.decidedAt());
        out.constant(scenario.cause());
        out.size(scenario.used());
        out.size(scenario.threshold());
        out.size(scenario.limit());
        out.size(scenario.rawUsed());
        out.text(scenario.policy());
        out.text(scenario.rationale());
        out.id(scenario.victim());
        out.all(scenario.candidates(), candidate -> write(candidate, out));
        out.flag(scenario.dryRun());
    }

    static KillScenario readScenario(WireInput in) throws IOException {
        return new KillScenario(
                in.instant(),
                in.constant(KillScenario.Cause.class),
                in.size(),
                in.size(),
                in.size(),
                in.size(),
                in.text(),
                in.text(),
                in.id(),
                in.all(() -> readCandidate(in)),
                in.flag());
    }

    private static void write(Candidate candidate, WireOutput out) throws IOException {
        out.id(candidate.id());
        out.text(candidate.notebook());
        out.size(candidate.memory());
        out.size(candidate.rss());
        out.number(candidate.growthBytesPerSecond());
        out.number(candidate.cores());
        out.number(candidate.cpuTime().nanos());
        out.duration(candidate.age());
        out.number(candidate.priority());
        write(candidate.progress(), out);
        out.flag(candidate.dying());
    }

    private static Candidate readCandidate(WireInput in) throws IOException {
        return new Candidate(
                in.id(),
                in.text(),
                in.size(),
                in.size(),
                in.real(),
                in.real(),
                CpuTime.ofNanos(in.longNumber()),
                in.duration(),
                in.number(),
                readProgress(in),
                in.flag());
    }

    static void write(Progress progress, WireOutput out) throws IOException {
        out.number(progress.cellsDone());
        out.optional(
                progress.cellsTotal().isPresent()
                        ? Optional.of(progress.cellsTotal().getAsInt())
                        : Optional.<Integer>empty(),
                out::number);
        out.optional(progress.lastLine(), out::text);
    }

    static Progress readProgress(WireInput in) throws IOException {
        int done = in.number();
        Optional<Integer> total = in.optional(in::number);
        return new Progress(done, total.map(OptionalInt::of).orElseGet(OptionalInt::empty), in.optional(in::text));
    }
}

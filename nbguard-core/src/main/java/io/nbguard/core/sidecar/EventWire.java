package io.nbguard.core.sidecar;

import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.watchdog.Candidate;
import io.nbguard.api.watchdog.CandidateUsage;
import io.nbguard.api.watchdog.KillScenario;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The wire form of the events that a watchdog publishes. */
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
     * Returns whether an event is sent across: what the watchdog does, and how its loop fares. Rungs, limits and the
     * kernel's kills are the host's own to see.
     */
    static boolean isTold(GuardEvent event) {
        return kindOf(event) != null;
    }

    private static @Nullable Kind kindOf(GuardEvent event) {
        return switch (event.type()) {
            case TERMINATED -> Kind.TERMINATED;
            case KILL_CONFIRMED -> Kind.CONFIRMED;
            case KILL_UNCONFIRMED -> Kind.UNCONFIRMED;
            case KILL_WITHHELD -> Kind.WITHHELD;
            case BYSTANDERS_FROZEN -> Kind.FROZEN;
            case LOOP_LAGGED -> Kind.LAGGED;
            case READING_DEGRADED -> Kind.DEGRADED;
            case READING_RESTORED -> Kind.RESTORED;
            case PLUGIN_MISBEHAVED -> Kind.MISBEHAVED;
            case EXECUTION_CHANGED,
                    PROGRESS_MADE,
                    EXECUTION_NOTE,
                    RUNG_CHANGED,
                    KERNEL_OOM_KILL,
                    EMERGENCY_SHUTDOWN,
                    WATCHDOG_MOVED,
                    SCHEDULE_FIRED,
                    SCHEDULE_SKIPPED,
                    SCHEDULE_CHANGED,
                    SCHEDULE_NOT_RESTORED,
                    LIMIT_CHANGED,
                    LOOP_RESTARTED,
                    HISTORY_DEGRADED,
                    HISTORY_RESTORED,
                    EVENTS_DROPPED -> null;
        };
    }

    static void write(GuardEvent event, WireOutput out) throws IOException {
        Kind kind = kindOf(event);
        if (kind == null) {
            throw new IllegalArgumentException(event + " is not sent to the host");
        }
        out.constant(kind);
        out.instant(event.at());
        switch (kind) {
            case TERMINATED -> {
                GuardEvent.Terminated told = (GuardEvent.Terminated) event;
                out.text(told.notebook());
                write(told.scenario(), out);
            }
            case CONFIRMED -> {
                GuardEvent.KillConfirmed told = (GuardEvent.KillConfirmed) event;
                out.id(told.id());
                out.text(told.notebook());
                out.duration(told.took());
                out.size(told.freed());
            }
            case UNCONFIRMED -> {
                GuardEvent.KillUnconfirmed told = (GuardEvent.KillUnconfirmed) event;
                out.id(told.id());
                out.text(told.notebook());
                out.duration(told.waited());
                out.text(told.message());
            }
            case WITHHELD -> {
                GuardEvent.KillWithheld told = (GuardEvent.KillWithheld) event;
                out.constant(told.cause());
                out.size(told.used());
                out.size(told.threshold());
                out.text(told.message());
            }
            case FROZEN -> {
                GuardEvent.BystandersFrozen told = (GuardEvent.BystandersFrozen) event;
                out.all(told.frozen(), out::id);
                out.duration(told.duration());
            }
            case LAGGED -> {
                GuardEvent.LoopLagged told = (GuardEvent.LoopLagged) event;
                out.duration(told.lag());
                out.number(told.missedTicks());
            }
            case DEGRADED -> {
                GuardEvent.ReadingDegraded told = (GuardEvent.ReadingDegraded) event;
                out.text(told.quantity());
                out.text(told.reason());
            }
            case RESTORED -> out.text(((GuardEvent.ReadingRestored) event).quantity());
            case MISBEHAVED -> {
                GuardEvent.PluginMisbehaved told = (GuardEvent.PluginMisbehaved) event;
                out.text(told.kind());
                out.text(told.plugin());
                out.constant(told.fault());
                out.optional(told.id(), out::id);
                out.optional(told.notebook(), out::text);
                out.text(told.message());
            }
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
        write(candidate.usage(), out);
        out.duration(candidate.age());
        out.number(candidate.priority());
        write(candidate.progress(), out);
        out.flag(candidate.dying());
    }

    private static void write(CandidateUsage usage, WireOutput out) throws IOException {
        out.size(usage.memory());
        out.size(usage.rss());
        out.number(usage.growthBytesPerSecond());
        out.number(usage.cores());
        out.number(usage.cpuTime().nanos());
    }

    private static CandidateUsage readUsage(WireInput in) throws IOException {
        return new CandidateUsage(in.size(), in.size(), in.real(), in.real(), CpuTime.ofNanos(in.longNumber()));
    }

    private static Candidate readCandidate(WireInput in) throws IOException {
        return new Candidate(
                in.id(), in.text(), readUsage(in), in.duration(), in.number(), readProgress(in), in.flag());
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

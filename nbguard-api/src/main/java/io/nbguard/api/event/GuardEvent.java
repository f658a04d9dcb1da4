package io.nbguard.api.event;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.measure.Reading;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.schedule.ScheduleChange;
import io.nbguard.api.schedule.ScheduleFire;
import io.nbguard.api.watchdog.EmergencyReport;
import io.nbguard.api.watchdog.KillScenario;
import io.nbguard.api.watchdog.MemoryRung;
import io.nbguard.api.watchdog.WatchdogMode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Something that a guard reports to its listeners. {@link #message()} is for people, everything else for programs. */
public sealed interface GuardEvent {

    /** Returns when it happened. */
    Instant at();

    /** Returns which event this is. */
    EventType type();

    /** Returns how much it matters. */
    default EventSeverity severity() {
        return type().usualSeverity();
    }

    /** Returns the execution that it is about; empty if it is about none, or it is not known about which. */
    default Optional<ExecutionId> executionId() {
        return Optional.empty();
    }

    /** Returns the notebook that it is about, as {@link ExecutionRecord#notebook} names it; empty if it is about none. */
    default Optional<String> notebookName() {
        return Optional.empty();
    }

    /** Returns one line for people. */
    String message();

    /**
     * An execution went from one state to another; {@code record} is how things stand after the step.
     *
     * @param previous the state before; empty for the first
     */
    record ExecutionChanged(Instant at, Optional<ExecutionState> previous, ExecutionRecord record)
            implements GuardEvent {
        @Override
        public EventType type() {
            return EventType.EXECUTION_CHANGED;
        }

        @Override
        public EventSeverity severity() {
            return record.state().isEnd() && record.state() != ExecutionState.COMPLETED
                    ? EventSeverity.WARNING
                    : EventSeverity.INFO;
        }

        @Override
        public Optional<ExecutionId> executionId() {
            return Optional.of(record.id());
        }

        @Override
        public Optional<String> notebookName() {
            return Optional.of(record.notebook());
        }

        @Override
        public String message() {
            return record.notebook() + " [" + record.id().shortForm() + "] " + record.state()
                    + record.outcome()
                            .reason()
                            .map(reason -> " (" + reason + ")")
                            .orElse("")
                    + record.lifecycle().message().map(text -> ": " + text).orElse("");
        }
    }

    /** An execution came a cell further, or wrote a line. */
    record ProgressMade(Instant at, ExecutionId id, String notebook, Progress progress) implements GuardEvent {
        @Override
        public EventType type() {
            return EventType.PROGRESS_MADE;
        }

        @Override
        public Optional<ExecutionId> executionId() {
            return Optional.of(id);
        }

        @Override
        public Optional<String> notebookName() {
            return Optional.of(notebook);
        }

        @Override
        public String message() {
            return notebook + " [" + id.shortForm() + "] cells " + progress;
        }
    }

    /** The executor has something to say about an execution, such as that it is making a Python environment. */
    record ExecutionNote(Instant at, ExecutionId id, String notebook, String message) implements GuardEvent {
        @Override
        public EventType type() {
            return EventType.EXECUTION_NOTE;
        }

        @Override
        public Optional<ExecutionId> executionId() {
            return Optional.of(id);
        }

        @Override
        public Optional<String> notebookName() {
            return Optional.of(notebook);
        }
    }

    /** Memory use crossed a rung of the ladder, upwards or downwards. */
    record RungChanged(
            Instant at, KillScenario.Cause scope, MemoryRung previous, MemoryRung rung, ByteSize used, ByteSize limit)
            implements GuardEvent {
        @Override
        public EventType type() {
            return EventType.RUNG_CHANGED;
        }

        @Override
        public EventSeverity severity() {
            return rung == MemoryRung.NORMAL ? EventSeverity.INFO : EventSeverity.WARNING;
        }

        @Override
        public String message() {
            return "memory " + previous + " -> " + rung + ": " + used.textBeside(limit) + " of "
                    + limit.textBeside(used) + (scope == KillScenario.Cause.MEMORY_BUDGET ? " budget" : "");
        }
    }

    /** The watchdog ended an execution (spec C3), or would have, in a dry run. */
    record Terminated(Instant at, String notebook, KillScenario scenario) implements GuardEvent {
        @Override
        public EventType type() {
            return EventType.TERMINATED;
        }

        @Override
        public EventSeverity severity() {
            return scenario.dryRun() ? EventSeverity.WARNING : EventSeverity.CRITICAL;
        }

        @Override
        public Optional<ExecutionId> executionId() {
            return Optional.of(scenario.victim());
        }

        @Override
        public Optional<String> notebookName() {
            return Optional.of(notebook);
        }

        @Override
        public String message() {
            ByteSize used = scenario.used();
            ByteSize threshold = scenario.threshold();
            ByteSize limit = scenario.limit();
            return (scenario.dryRun() ? "OOM Prevention (dry run): Would terminate " : "OOM Prevention: Terminated ")
                    + notebook + " [" + scenario.victim().shortForm() + "] at " + used.textBeside(threshold, limit)
                    + " of " + limit.textBeside(used, threshold) + " (threshold " + threshold.textBeside(used, limit)
                    + ", " + scenario.policy() + ": " + scenario.rationale() + ")";
        }
    }

    /** The victim is dead and its memory is back: the next kill may be considered. */
    record KillConfirmed(Instant at, ExecutionId id, String notebook, Duration took, ByteSize freed)
            implements GuardEvent {
        @Override
        public EventType type() {
            return EventType.KILL_CONFIRMED;
        }

        @Override
        public Optional<ExecutionId> executionId() {
            return Optional.of(id);
        }

        @Override
        public Optional<String> notebookName() {
            return Optional.of(notebook);
        }

        @Override
        public String message() {
            return notebook + " [" + id.shortForm() + "] is gone after " + took.toMillis() + " ms, " + freed
                    + " came back";
        }
    }

    /** A kill was not confirmed in time; the watchdog goes on to the next victim if it must. */
    record KillUnconfirmed(Instant at, ExecutionId id, String notebook, Duration waited, String message)
            implements GuardEvent {
        @Override
        public EventType type() {
            return EventType.KILL_UNCONFIRMED;
        }

        @Override
        public Optional<ExecutionId> executionId() {
            return Optional.of(id);
        }

        @Override
        public Optional<String> notebookName() {
            return Optional.of(notebook);
        }
    }

    /** A threshold was crossed, and the watchdog decided not to kill; {@code message} says why. */
    record KillWithheld(Instant at, KillScenario.Cause cause, ByteSize used, ByteSize threshold, String message)
            implements GuardEvent {
        @Override
        public EventType type() {
            return EventType.KILL_WITHHELD;
        }
    }

    /**
     * The kernel's OOM killer took processes before the watchdog acted.
     *
     * @param id the execution that they belonged to; empty if that is not known
     * @param notebook its notebook
     * @param kills how many processes, since the last such event
     * @param message whose limit was reached, for people
     */
    record KernelOomKill(Instant at, Optional<ExecutionId> id, Optional<String> notebook, long kills, String message)
            implements GuardEvent {
        @Override
        public EventType type() {
            return EventType.KERNEL_OOM_KILL;
        }

        @Override
        public EventSeverity severity() {
            return id.isPresent() ? EventSeverity.CRITICAL : EventSeverity.INFO;
        }

        @Override
        public Optional<ExecutionId> executionId() {
            return id;
        }

        @Override
        public Optional<String> notebookName() {
            return notebook;
        }
    }

    /**
     * Executions were frozen so that a victim could die: dying takes processor time, and there was too little of it.
     *
     * @param frozen the executions that were frozen
     * @param duration for how long
     */
    record BystandersFrozen(Instant at, List<ExecutionId> frozen, Duration duration) implements GuardEvent {
        @Override
        public EventType type() {
            return EventType.BYSTANDERS_FROZEN;
        }

        @Override
        public String message() {
            return frozen.size() + (frozen.size() == 1 ? " execution" : " executions") + " stood still for "
                    + duration.toMillis() + " ms while the victim died: the processors were busy";
        }
    }

    /** Everything was ended at once. */
    record EmergencyShutdown(Instant at, EmergencyReport report) implements GuardEvent {
        @Override
        public EventType type() {
            return EventType.EMERGENCY_SHUTDOWN;
        }

        @Override
        public String message() {
            return "EMERGENCY: ended all " + report.ended().size() + " executions: " + report.reason()
                    + (report.survivors().isEmpty()
                            ? ""
                            : " (" + report.survivors().size() + " not confirmed dead)");
        }
    }

    /** The watchdog now runs elsewhere: in its sidecar, or, while that cannot be reached, in the host. */
    record WatchdogMoved(Instant at, WatchdogMode mode, String message) implements GuardEvent {
        @Override
        public EventType type() {
            return EventType.WATCHDOG_MOVED;
        }
    }

    /** A schedule has started an execution. */
    record ScheduleFired(Instant at, String notebook, ScheduleFire fire) implements GuardEvent {
        @Override
        public EventType type() {
            return EventType.SCHEDULE_FIRED;
        }

        @Override
        public Optional<ExecutionId> executionId() {
            return fire.execution();
        }

        @Override
        public Optional<String> notebookName() {
            return Optional.of(notebook);
        }

        @Override
        public String message() {
            return "schedule " + fire.schedule() + ": " + notebook + " " + fire;
        }
    }

    /** One or more fires of a schedule have started nothing; the outcome in {@code fire} says why. */
    record ScheduleSkipped(Instant at, String notebook, ScheduleFire fire) implements GuardEvent {
        @Override
        public EventType type() {
            return EventType.SCHEDULE_SKIPPED;
        }

        @Override
        public Optional<ExecutionId> executionId() {
            return fire.execution();
        }

        @Override
        public Optional<String> notebookName() {
            return Optional.of(notebook);
        }

        @Override
        public String message() {
            return "schedule " + fire.schedule() + ": " + notebook + " not started, " + fire;
        }
    }

    /** A schedule was added, paused, resumed or removed, or has finished; {@code schedule} is how it stands after that. */
    record ScheduleChanged(Instant at, ScheduleChange change, Schedule schedule) implements GuardEvent {
        @Override
        public EventType type() {
            return EventType.SCHEDULE_CHANGED;
        }

        @Override
        public Optional<String> notebookName() {
            return Optional.of(schedule.spec().request().notebook());
        }

        @Override
        public String message() {
            return "schedule " + schedule.id() + " ("
                    + schedule.spec().request().notebook() + ") "
                    + change.name().toLowerCase(Locale.ROOT)
                    + schedule.nextFireAt().map(next -> ", next " + next).orElse("");
        }
    }

    /** A schedule that the history store has kept cannot be taken up again: it does not fire, and stays in the store. */
    record ScheduleNotRestored(Instant at, ScheduleId schedule, String notebook, String reason) implements GuardEvent {
        @Override
        public EventType type() {
            return EventType.SCHEDULE_NOT_RESTORED;
        }

        @Override
        public Optional<String> notebookName() {
            return Optional.of(notebook);
        }

        @Override
        public String message() {
            return "schedule " + schedule + " (" + notebook + ") is not taken up again: " + reason;
        }
    }

    /** The effective memory limit is another one than before. */
    record LimitChanged(Instant at, Reading<ByteSize> previous, Reading<ByteSize> limit) implements GuardEvent {
        @Override
        public EventType type() {
            return EventType.LIMIT_CHANGED;
        }

        @Override
        public String message() {
            return "memory limit " + text(previous) + " -> " + text(limit);
        }

        private static String text(Reading<ByteSize> reading) {
            return reading.value()
                    .map(ByteSize::toString)
                    .orElse(reading instanceof Reading.Unlimited ? "none" : "unknown");
        }
    }

    /** A quantity can no longer be read; everything else goes on. */
    record ReadingDegraded(Instant at, String quantity, String reason) implements GuardEvent {
        @Override
        public EventType type() {
            return EventType.READING_DEGRADED;
        }

        @Override
        public String message() {
            return quantity + " cannot be read: " + reason;
        }
    }

    /** A quantity can be read again. */
    record ReadingRestored(Instant at, String quantity) implements GuardEvent {
        @Override
        public EventType type() {
            return EventType.READING_RESTORED;
        }

        @Override
        public String message() {
            return quantity + " can be read again";
        }
    }

    /**
     * A plugin broke its contract. The guard goes on without its answer, as {@code message} says; the same fault of the same
     * plugin is reported again only after it has kept its contract meanwhile.
     *
     * @param kind what it is, such as {@code kill policy}
     * @param plugin its name
     * @param fault how it broke the contract
     * @param id the execution that it was busy with; empty if it was none
     * @param notebook its notebook
     * @param message the plugin, what it did, and what the guard does instead, for people
     */
    record PluginMisbehaved(
            Instant at,
            String kind,
            String plugin,
            Fault fault,
            Optional<ExecutionId> id,
            Optional<String> notebook,
            String message)
            implements GuardEvent {
        @Override
        public EventType type() {
            return EventType.PLUGIN_MISBEHAVED;
        }

        @Override
        public Optional<ExecutionId> executionId() {
            return id;
        }

        @Override
        public Optional<String> notebookName() {
            return notebook;
        }

        /** How a plugin broke its contract. */
        public enum Fault {
            /** It threw what its contract does not allow. */
            THREW,
            /** It did not return before its deadline. */
            TOO_SLOW,
            /** What it returned is not a valid answer. */
            INVALID_ANSWER
        }
    }

    /** The sampling loop came late: the machine, or a pause of this JVM, was in the way. */
    record LoopLagged(Instant at, Duration lag, long missedTicks) implements GuardEvent {
        @Override
        public EventType type() {
            return EventType.LOOP_LAGGED;
        }

        @Override
        public String message() {
            return "the sampling loop came " + lag.toMillis() + " ms late (" + missedTicks + " ticks missed so far)";
        }
    }

    /**
     * The sampling loop stood still, or its thread had ended, and another thread has taken it over.
     *
     * @param stoodStill for how long the next tick had been due
     * @param died whether its thread had ended; false where it hangs in a call that does not return
     */
    record LoopRestarted(Instant at, Duration stoodStill, boolean died) implements GuardEvent {
        @Override
        public EventType type() {
            return EventType.LOOP_RESTARTED;
        }

        @Override
        public String message() {
            return died
                    ? "the sampling thread had ended; another one goes on"
                    : "the sampling loop stood still for " + stoodStill.toMillis()
                            + " ms; another thread goes on, and the watchdog acts again";
        }
    }

    /** The history store cannot be written to; the guard goes on, and catches up later. */
    record HistoryDegraded(Instant at, String store, String reason) implements GuardEvent {
        @Override
        public EventType type() {
            return EventType.HISTORY_DEGRADED;
        }

        @Override
        public String message() {
            return "history cannot be written to " + store + ": " + reason;
        }
    }

    /**
     * The history store can be written to again, and everything that waited was.
     *
     * @param lost how many events and readings did not fit the queue meanwhile
     */
    record HistoryRestored(Instant at, String store, long lost) implements GuardEvent {
        @Override
        public EventType type() {
            return EventType.HISTORY_RESTORED;
        }

        @Override
        public String message() {
            return "history is written to " + store + " again"
                    + (lost == 0 ? ", nothing was lost" : "; " + lost + " events and readings were lost");
        }
    }

    /** Listeners were too slow, and events were dropped; the first event after the gap. */
    record EventsDropped(Instant at, long count) implements GuardEvent {
        @Override
        public EventType type() {
            return EventType.EVENTS_DROPPED;
        }

        @Override
        public String message() {
            return count + " events were dropped because listeners were too slow";
        }
    }
}

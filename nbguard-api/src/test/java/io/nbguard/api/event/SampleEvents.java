package io.nbguard.api.event;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.execution.ExecutionLifecycle;
import io.nbguard.api.execution.ExecutionOutcome;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.measure.Reading;
import io.nbguard.api.measure.UsageTotals;
import io.nbguard.api.schedule.FireOutcome;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.schedule.ScheduleChange;
import io.nbguard.api.schedule.ScheduleFire;
import io.nbguard.api.schedule.ScheduleSpec;
import io.nbguard.api.schedule.ScheduleState;
import io.nbguard.api.watchdog.EmergencyReport;
import io.nbguard.api.watchdog.KillScenario;
import io.nbguard.api.watchdog.MemoryRung;
import io.nbguard.api.watchdog.WatchdogMode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** An event of each type. */
final class SampleEvents {

    private static final Instant AT = Instant.EPOCH;
    private static final ExecutionId ID = new ExecutionId("abc");
    private static final String NOTEBOOK = "a.ipynb";
    private static final ByteSize SIZE = ByteSize.ofGibibytes(1);
    private static final Duration TIME = Duration.ofMillis(10);

    private SampleEvents() {}

    static List<GuardEvent> all() {
        ScheduleId schedule = new ScheduleId("nightly");
        ScheduleFire fire =
                new ScheduleFire(schedule, FireOutcome.STARTED, AT, AT, 1, AT, Optional.of(ID), Optional.empty());
        return List.of(
                new GuardEvent.ExecutionChanged(AT, Optional.empty(), record()),
                new GuardEvent.ProgressMade(AT, ID, NOTEBOOK, Progress.of(1, 2)),
                new GuardEvent.ExecutionNote(AT, ID, NOTEBOOK, "a note"),
                new GuardEvent.RungChanged(
                        AT, KillScenario.Cause.NODE_LIMIT, MemoryRung.NORMAL, MemoryRung.WARN, SIZE, SIZE),
                terminated(false),
                new GuardEvent.KillConfirmed(AT, ID, NOTEBOOK, TIME, SIZE),
                new GuardEvent.KillUnconfirmed(AT, ID, NOTEBOOK, TIME, "still there"),
                new GuardEvent.KillWithheld(AT, KillScenario.Cause.NODE_LIMIT, SIZE, SIZE, "no candidate"),
                new GuardEvent.KernelOomKill(AT, Optional.of(ID), Optional.of(NOTEBOOK), 1, "taken"),
                new GuardEvent.BystandersFrozen(AT, List.of(ID), TIME),
                new GuardEvent.EmergencyShutdown(
                        AT, new EmergencyReport(AT, "asked for", List.of(ID), List.of(), TIME, Optional.empty())),
                new GuardEvent.WatchdogMoved(AT, WatchdogMode.SIDECAR, "moved"),
                new GuardEvent.ScheduleFired(AT, NOTEBOOK, fire),
                new GuardEvent.ScheduleSkipped(AT, NOTEBOOK, fire),
                new GuardEvent.ScheduleChanged(
                        AT,
                        ScheduleChange.ADDED,
                        new Schedule(
                                schedule,
                                ScheduleSpec.every(
                                                Duration.ofHours(1),
                                                ExecutionRequest.of(NOTEBOOK).build())
                                        .build(),
                                AT,
                                ScheduleState.ACTIVE,
                                Optional.empty(),
                                Optional.empty(),
                                List.of(),
                                0,
                                0)),
                new GuardEvent.ScheduleNotRestored(AT, schedule, NOTEBOOK, "no such trigger"),
                new GuardEvent.LimitChanged(AT, new Reading.Value<>(SIZE, "test"), new Reading.Unlimited<>("test")),
                new GuardEvent.ReadingDegraded(AT, "memory", "gone"),
                new GuardEvent.ReadingRestored(AT, "memory"),
                new GuardEvent.PluginMisbehaved(
                        AT,
                        "executor",
                        "theirs",
                        GuardEvent.PluginMisbehaved.Fault.THREW,
                        Optional.of(ID),
                        Optional.of(NOTEBOOK),
                        "it threw"),
                new GuardEvent.LoopLagged(AT, TIME, 1),
                new GuardEvent.LoopRestarted(AT, TIME, false),
                new GuardEvent.HistoryDegraded(AT, "a store", "full"),
                new GuardEvent.HistoryRestored(AT, "a store", 0),
                new GuardEvent.EventsDropped(AT, 1));
    }

    static GuardEvent.Terminated terminated(boolean dryRun) {
        return new GuardEvent.Terminated(
                AT,
                NOTEBOOK,
                new KillScenario(
                        AT,
                        KillScenario.Cause.NODE_LIMIT,
                        SIZE,
                        SIZE,
                        SIZE,
                        SIZE,
                        "nbguard-heaviest",
                        "heaviest",
                        ID,
                        List.of(),
                        dryRun));
    }

    private static ExecutionRecord record() {
        return new ExecutionRecord(
                ID,
                NOTEBOOK,
                Optional.empty(),
                Optional.empty(),
                Optional.of("nbguard-papermill"),
                new ExecutionLifecycle(ExecutionState.RUNNING, Optional.empty(), AT, Optional.of(AT), Optional.empty()),
                Progress.of(0, 2),
                new UsageTotals(Optional.of(SIZE), Optional.of(CpuTime.ofNanos(1))),
                ExecutionOutcome.NONE);
    }
}

package io.nbguard.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardException;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.schedule.FireOutcome;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.schedule.ScheduleFire;
import io.nbguard.api.schedule.ScheduleSpec;
import io.nbguard.core.fixture.Eventually;
import io.nbguard.core.fixture.FakeProbe;
import io.nbguard.core.fixture.FakeTracker;
import io.nbguard.core.fixture.RecordedEvents;
import io.nbguard.core.fixture.ScriptedExecutor;
import io.nbguard.core.fixture.ScriptedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A guard's schedules, from the facade to an executor that exists in the test only. */
@Timeout(120)
class GuardSchedulesTest {

    @TempDir
    private Path root;

    private final ScriptedExecutor executor = new ScriptedExecutor();
    private final RecordedEvents events = new RecordedEvents();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private NotebookGuard guard;

    @BeforeEach
    void open() throws IOException {
        Files.writeString(root.resolve("report.ipynb"), "{}");
        open(CloseAction.STOP_IMMEDIATELY);
    }

    private void open(CloseAction onClose) {
        guard = NotebookGuard.builder()
                .notebooks(root)
                .outputs(root.resolve("runs"))
                .storage(s -> s.temporaryFiles(root))
                .lifecycle(l -> l.announce(false))
                .executor(executor)
                .plugins(p -> p.tracker(new FakeTracker()).probes(new FakeProbe()))
                .listener(events)
                .lifecycle(l -> l.onClose(onClose))
                .threadFactory(work -> {
                    Thread thread = new Thread(work);
                    threads.add(thread);
                    return thread;
                })
                .build();
    }

    @AfterEach
    void noThreadIsLeft() {
        guard.close();
        assertThat(threads).anyMatch(thread -> thread.getName().equals("nbguard-scheduler"));
        Eventually.until("every thread of the guard has ended: " + threads, () -> threads.stream()
                .noneMatch(Thread::isAlive));
    }

    @Test
    void aScheduleRunsItsNotebookWithItsParametersAndTheRecordSaysSo() throws Exception {
        Schedule schedule = guard.schedules()
                .add(ScheduleSpec.of(
                                "interval",
                                "1s",
                                ExecutionRequest.of("report.ipynb")
                                        .parameter("region", "north")
                                        .timeout(Duration.ofMinutes(5))
                                        .owner("ada")
                                        .build())
                        .id("every-second")
                        .build());
        ScriptedRun first = executor.next().runs();
        Execution execution = guard.executions().get(0);

        assertThat(first.request.parameters()).containsEntry("region", "north");
        assertThat(first.request.timeout()).contains(Duration.ofMinutes(5));
        // The executor is asked first, the schedule is told once the start has returned.
        Eventually.until("the schedule names its run", () -> guard.schedules()
                .find(schedule.id())
                .orElseThrow()
                .underWay()
                .equals(List.of(execution.id())));
        first.exits(0, Optional.empty());
        ExecutionRecord record = execution.completion().get(20, TimeUnit.SECONDS);
        assertThat(record.state()).isEqualTo(ExecutionState.COMPLETED);
        assertThat(record.schedule()).contains(schedule.id());
        assertThat(record.owner()).contains("ada");

        executor.next().runs().exits(0, Optional.empty());
        Files.delete(root.resolve("report.ipynb"));
        Eventually.until("a start has failed", () -> {
            // Whatever was started before the notebook was gone: it would keep the next fire from being tried.
            endWhatWasStarted();
            return !failedStarts(schedule).isEmpty();
        });
        assertThat(failedStarts(schedule)).allSatisfy(failure -> assertThat(failure.message())
                .hasValueSatisfying(text -> assertThat(text).contains("report.ipynb")));

        guard.close();
        List<GuardEvent.ScheduleFired> fired = events.of(GuardEvent.ScheduleFired.class);
        assertThat(fired).hasSizeGreaterThanOrEqualTo(2);
        // One second, or more of them if the first execution was not over by then.
        Duration between = Duration.between(
                fired.get(0).fire().dueAt(), fired.get(1).fire().dueAt());
        assertThat(between).isPositive().isEqualTo(Duration.ofSeconds(between.toSeconds()));
        assertThat(fired.get(0).fire().execution()).contains(execution.id());
    }

    @Test
    void anExecutionThatHasEndedLeavesItsPlaceBeforeItsCompletionIsTold() throws Exception {
        Schedule schedule = guard.schedules()
                .add(ScheduleSpec.cron(
                                "@yearly", ExecutionRequest.of("report.ipynb").build())
                        .build());
        Execution first = guard.schedules().runNow(schedule.id());
        // What is registered last is called first, before the schedule itself.
        CompletableFuture<List<ExecutionId>> left = first.completion()
                .thenApply(record ->
                        guard.schedules().find(schedule.id()).orElseThrow().underWay());
        CompletableFuture<Execution> second =
                first.completion().thenApply(record -> guard.schedules().runNow(schedule.id()));
        executor.next().runs().exits(0, Optional.empty());

        assertThat(second.get(20, TimeUnit.SECONDS).request().schedule()).contains(schedule.id());
        assertThat(left.get(20, TimeUnit.SECONDS)).doesNotContain(first.id());
    }

    private void endWhatWasStarted() {
        try {
            while (!executor.isIdle()) {
                executor.next().runs().exits(0, Optional.empty());
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private List<ScheduleFire> failedStarts(Schedule schedule) {
        return guard.schedules().history(schedule.id()).stream()
                .filter(fire -> fire.outcome() == FireOutcome.START_FAILED)
                .toList();
    }

    @Test
    void everyTriggerThatComesWithNbguardIsKnownByItsShortName() {
        ExecutionRequest request = ExecutionRequest.of("report.ipynb").build();
        for (ScheduleSpec spec : List.of(
                ScheduleSpec.of("cron", "@yearly", request).build(),
                ScheduleSpec.cron("0 2 * * *", request).build(),
                ScheduleSpec.of("interval", "1d", request).build(),
                ScheduleSpec.every(Duration.ofDays(1), request).build(),
                ScheduleSpec.of("once", "2999-01-01T00:00", request).build(),
                ScheduleSpec.once(Instant.parse("2999-01-01T00:00:00Z"), request)
                        .build())) {
            assertThat(guard.schedules().preview(spec, 1)).hasSize(1);
            guard.schedules().add(spec);
        }
        assertThat(guard.schedules().list()).hasSize(6);
        assertThatThrownBy(() -> guard.schedules()
                        .add(ScheduleSpec.of("sundial", "noon", request).build()))
                .isInstanceOfSatisfying(GuardException.class, refusal -> assertThat(refusal.code())
                        .isEqualTo(ErrorCode.NOT_FOUND))
                .hasMessageContaining("nbguard-cron, nbguard-interval, nbguard-once");
        assertThatThrownBy(() -> guard.schedules()
                        .add(ScheduleSpec.cron(
                                        "@daily",
                                        ExecutionRequest.of("raport.ipynb").build())
                                .build()))
                .hasMessageContaining("report.ipynb");
    }

    @Test
    void aClosedGuardSchedulesNothing() {
        ScheduleSpec daily = ScheduleSpec.cron(
                        "@daily", ExecutionRequest.of("report.ipynb").build())
                .build();
        Schedule schedule = guard.schedules().add(daily);

        guard.close();

        assertThatThrownBy(() -> guard.schedules().add(daily)).hasMessageContaining("the guard is closed");
        assertThatThrownBy(() -> guard.schedules().runNow(schedule.id())).hasMessageContaining("the guard is closed");
        assertThat(executor.launches).hasValue(0);
    }

    @Test
    void whileAGuardWaitsForItsExecutionsToEndWhatComesDueIsRecordedAsSkipped() throws Exception {
        guard.close();
        open(CloseAction.WAIT);
        Schedule schedule = guard.schedules()
                .add(ScheduleSpec.every(
                                Duration.ofSeconds(1),
                                ExecutionRequest.of("report.ipynb").build())
                        .maxInstances(100)
                        .build());
        ScriptedRun run = executor.next().runs();
        Thread closing = new Thread(guard::close);
        closing.start();
        Eventually.until("a fire is skipped", () -> guard.schedules().history(schedule.id()).stream()
                .anyMatch(fire -> fire.outcome() == FireOutcome.GUARD_CLOSING));

        run.exits(0, Optional.empty());
        // Whatever had been started before the guard began to close.
        while (closing.isAlive()) {
            endWhatWasStarted();
            closing.join(10);
        }

        assertThat(guard.executions()).allMatch(ended -> ended.state() == ExecutionState.COMPLETED);
    }
}

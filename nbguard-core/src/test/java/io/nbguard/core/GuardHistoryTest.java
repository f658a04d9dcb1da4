package io.nbguard.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.history.HistoryQuery;
import io.nbguard.api.history.UsagePoint;
import io.nbguard.api.schedule.FireOutcome;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.schedule.ScheduleSpec;
import io.nbguard.api.schedule.ScheduleState;
import io.nbguard.core.fixture.Eventually;
import io.nbguard.core.fixture.FakeProbe;
import io.nbguard.core.fixture.FakeTracker;
import io.nbguard.core.fixture.FragileStore;
import io.nbguard.core.fixture.RecordedEvents;
import io.nbguard.core.fixture.ScriptedExecutor;
import io.nbguard.core.fixture.ScriptedRun;
import io.nbguard.core.workspace.LocalHandle;
import io.nbguard.spi.process.ProcessIdentity;
import io.nbguard.spi.store.HistoryEntry;
import io.nbguard.spi.store.StoredExecution;
import io.nbguard.spi.store.StoredSchedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a guard keeps of its doings, and what a later one makes of it. */
@Timeout(120)
class GuardHistoryTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    @TempDir
    private Path root;

    private final ScriptedExecutor executor = new ScriptedExecutor();
    private final RecordedEvents events = new RecordedEvents();
    private final FragileStore store = new FragileStore();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private NotebookGuard guard;

    @BeforeEach
    void makeNotebook() throws IOException {
        Files.writeString(root.resolve("report.ipynb"), "{}");
    }

    private void open(UnaryOperator<GuardBuilder> more) {
        guard = more.apply(NotebookGuard.builder()
                        .notebooks(root)
                        .outputs(root.resolve("runs"))
                        .storage(s -> s.temporaryFiles(root))
                        .lifecycle(l -> l.announce(false))
                        .executor(executor)
                        .plugins(p -> p.tracker(new FakeTracker()).probes(new FakeProbe()))
                        .listener(events)
                        .watchdog(w -> w.interval(Duration.ofMillis(20)))
                        .threadFactory(work -> {
                            Thread thread = new Thread(work);
                            threads.add(thread);
                            return thread;
                        }))
                .build();
    }

    private void open() {
        open(builder -> builder.history(h -> h.store(store)));
    }

    @AfterEach
    void noThreadIsLeft() {
        store.gate.countDown();
        if (guard != null) {
            guard.close();
        }
        Eventually.until("every thread of the guard has ended: " + threads, () -> threads.stream()
                .noneMatch(Thread::isAlive));
    }

    private Execution run() {
        return guard.run(ExecutionRequest.of("report.ipynb")
                .parameter("year", 2026)
                .owner("ada")
                .build());
    }

    private static ExecutionRecord end(Execution execution) throws Exception {
        return execution.completion().get(20, TimeUnit.SECONDS);
    }

    @Test
    void withoutAStoreTheGuardRemembersItsOwnLife() throws Exception {
        open(builder -> builder);
        Execution execution = run();
        ScriptedRun run = executor.next().runs();
        Eventually.until(
                "usage was read",
                () -> guard.history().usage(execution.id(), 100).size() >= 2);
        run.exits(0, Optional.empty());
        ExecutionRecord record = end(execution);

        assertThat(guard.history().flush(TIMEOUT)).isTrue();
        assertThat(guard.history().executions(HistoryQuery.latest(10)).items()).containsExactly(record);
        assertThat(guard.history().execution(execution.id())).contains(record);
        assertThat(guard.history().request(execution.id()).orElseThrow().parameters())
                .containsEntry("year", 2026);
        assertThat(guard.history()
                        .events(HistoryQuery.latest(10).about(execution.id()))
                        .items())
                .extracting(event -> event.type())
                .containsOnly("ExecutionChanged")
                .hasSize(5);
        assertThat(guard.history().nodeUsage(Instant.EPOCH, Instant.now(), 100))
                .isNotEmpty()
                .extracting(UsagePoint::memory)
                .allMatch(used -> used.orElseThrow().mean().bytes() == FakeProbe.LIMIT / 10);
        assertThat(guard.description().lines()).anyMatch(line -> line.startsWith("history: nbguard-memory (in memory"));
        assertThatThrownBy(() -> guard.history().usage(execution.id(), 1)).hasMessageContaining("from 2 to 10000");

        guard.close();

        assertThatThrownBy(() -> guard.history().execution(execution.id()))
                .isInstanceOfSatisfying(GuardException.class, refusal -> assertThat(refusal.code())
                        .isEqualTo(ErrorCode.ILLEGAL_STATE));
    }

    @Test
    void whatEndsAtClosingTimeIsWrittenBeforeTheStoreIsClosed() throws Exception {
        open();
        Execution execution = run();
        executor.next().runs();

        guard.close();

        assertThat(store.closed).isTrue();
        assertThat(store.records(execution.id())).last().isEqualTo(execution.record());
        assertThat(execution.state()).isEqualTo(ExecutionState.KILLED);
    }

    @Test
    void everyExecutionIsKeptThoughTheGuardForgetsAtOnceAndTheStoreIsDown() throws Exception {
        open(builder -> builder.history(h -> h.store(store).rememberEnded(0)));
        store.failure = "connection refused";
        List<ExecutionRecord> ended = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 50; i++) {
            Execution execution = run();
            executor.next().runs().exits(i % 2, Optional.empty());
            ended.add(end(execution));
        }
        assertThat(guard.executions()).isEmpty();
        Eventually.until("the outage is told", () -> !events.of(GuardEvent.HistoryDegraded.class)
                .isEmpty());

        store.failure = null;

        assertThat(guard.history().flush(TIMEOUT)).isTrue();
        assertThat(guard.history().executions(HistoryQuery.latest(100)).items())
                .containsExactlyInAnyOrderElementsOf(ended);
        Eventually.until("the end of the outage is told", () -> !events.of(GuardEvent.HistoryRestored.class)
                .isEmpty());
    }

    @Test
    void aStoreThatHangsHoldsUpNoTickNoRunAndNoClosing() throws Exception {
        open();
        assertThat(guard.history().flush(TIMEOUT)).isTrue();
        CountDownLatch answer = store.hang();
        for (int i = 0; i < 20; i++) {
            Execution execution = run();
            executor.next().runs().exits(0, Optional.empty());
            end(execution);
        }
        long ticks = guard.snapshot().sequence();
        Eventually.until("the loop goes on", () -> guard.snapshot().sequence() >= ticks + 20);
        assertThat(guard.history().flush(Duration.ofMillis(50))).isFalse();

        guard.close();

        assertThat(store.written).isNotEmpty();
        assertThat(answer.getCount()).isEqualTo(1);
    }

    @Test
    void aSecondGuardReadsWhatTheFirstHasDone() throws Exception {
        open();
        Execution execution = run();
        executor.next().runs().exits(0, Optional.empty());
        ExecutionRecord record = end(execution);
        guard.close();

        open();

        assertThat(guard.history().execution(execution.id())).contains(record);
        assertThat(guard.executions()).isEmpty();
    }

    @Test
    void schedulesAreTakenUpAgainAsTheyStood() throws Exception {
        open();
        ExecutionRequest request = ExecutionRequest.of("report.ipynb").build();
        Schedule hourly = guard.schedules()
                .add(ScheduleSpec.every(Duration.ofHours(1), request)
                        .id("hourly")
                        .build());
        Schedule paused = guard.schedules()
                .add(ScheduleSpec.cron("@daily", request).id("paused").build());
        guard.schedules().pause(paused.id());
        guard.schedules().runNow(hourly.id());
        executor.next().runs().exits(0, Optional.empty());
        Schedule removed = guard.schedules()
                .add(ScheduleSpec.cron("@daily", request).id("removed").build());
        guard.schedules().remove(removed.id());
        Schedule before = guard.schedules().find(hourly.id()).orElseThrow();
        guard.close();

        open();

        assertThat(guard.schedules().list())
                .extracting(schedule -> schedule.id().value())
                .containsExactly("hourly", "paused");
        Schedule after = guard.schedules().find(hourly.id()).orElseThrow();
        assertThat(after.createdAt()).isEqualTo(hourly.createdAt());
        assertThat(after.nextFireAt()).isEqualTo(hourly.nextFireAt());
        assertThat(after.started()).isEqualTo(1);
        assertThat(after.lastFire()).isEqualTo(before.lastFire());
        assertThat(after.underWay()).isEmpty();
        assertThat(guard.schedules().find(paused.id()).orElseThrow().state()).isEqualTo(ScheduleState.PAUSED);
        guard.close();

        open(builder -> builder.history(h -> h.store(store).restoreSchedules(false)));

        assertThat(guard.schedules().list()).isEmpty();
        assertThat(guard.history().flush(TIMEOUT)).isTrue();
        assertThat(store.schedules()).as("no guard has removed them").hasSize(2);
    }

    @Test
    void whatCameDueWhileNoGuardWasThereIsActedOnByTheMisfireGrace() throws Exception {
        open();
        ExecutionRequest request = ExecutionRequest.of("report.ipynb").build();
        guard.schedules()
                .add(ScheduleSpec.every(Duration.ofSeconds(1), request)
                        .id("lenient")
                        .maxInstances(100)
                        .build());
        Eventually.until("it has fired", () -> !executor.isIdle());
        guard.close();
        while (!executor.isIdle()) {
            executor.next();
        }
        Instant closed = Instant.now();
        Eventually.until("it came due", () -> Instant.now().isAfter(closed.plusMillis(2_500)));

        open();

        Eventually.until(
                "the fires that were missed are made up for by one",
                () -> guard.schedules().history(guard.schedules().list().get(0).id()).stream()
                        .anyMatch(fire -> fire.outcome() == FireOutcome.COALESCED));
        ScriptedRun run = executor.next();
        assertThat(run.request.schedule())
                .contains(guard.schedules().list().get(0).id());
    }

    @Test
    void aScheduleWhoseTriggerIsGoneIsToldAndStaysInTheStore() throws Exception {
        open();
        Schedule schedule = guard.schedules()
                .add(ScheduleSpec.cron(
                                "@daily", ExecutionRequest.of("report.ipynb").build())
                        .build());
        guard.close();
        Schedule strange = new Schedule(
                schedule.id(),
                ScheduleSpec.of("sundial", "noon", schedule.spec().request()).build(),
                schedule.createdAt(),
                schedule.state(),
                schedule.nextFireAt(),
                schedule.lastFire(),
                schedule.underWay(),
                0,
                0);
        store.write(List.of(new HistoryEntry.OfSchedule(
                new StoredSchedule(strange, schedule.createdAt().plusNanos(1), false))));

        open();

        assertThat(guard.schedules().list()).isEmpty();
        assertThat(guard.history().flush(TIMEOUT)).isTrue();
        assertThat(store.schedules()).extracting(StoredSchedule::schedule).containsExactly(strange);
        Eventually.until("it is told", () -> events.of(GuardEvent.ScheduleNotRestored.class).stream()
                .anyMatch(event -> event.message().contains("no trigger called 'sundial'")));
        assertThat(guard.history()
                        .events(HistoryQuery.latest(9).typed("ScheduleNotRestored"))
                        .items())
                .hasSize(1);
    }

    @Test
    void theRootOfTheTreeIsKeptSoThatALaterGuardCanEndIt() throws Exception {
        open();
        Execution execution = run();
        ScriptedRun run = executor.next().runs();
        assertThat(guard.history().flush(TIMEOUT)).isTrue();

        StoredExecution stored = store.execution(execution.id()).orElseThrow();

        assertThat(stored.handle().flatMap(LocalHandle::root))
                .isEqualTo(run.group.root())
                .isPresent()
                .map(ProcessIdentity::startTicks)
                .contains(77L);
        assertThat(stored.guard().orElseThrow())
                .contains("pid=" + ProcessHandle.current().pid());
    }

    @Test
    void aStoreThatCannotBeReadIsAnErrorOfTheReaderAndOfTheStart() throws Exception {
        open();
        store.failure = "disk on fire";
        assertThatThrownBy(() -> guard.history().events(HistoryQuery.latest(1)))
                .isInstanceOfSatisfying(GuardException.class, failure -> assertThat(failure.code())
                        .isEqualTo(ErrorCode.ENVIRONMENT))
                .hasMessageContaining("fragile (in the test)")
                .hasMessageContaining("disk on fire");
        guard.close();

        assertThatThrownBy(this::open)
                .isInstanceOfSatisfying(GuardException.class, failure -> assertThat(failure.code())
                        .isEqualTo(ErrorCode.ENVIRONMENT))
                .hasMessageContaining("disk on fire");
        assertThat(store.closed).isTrue();
    }

    @Test
    void aStoreIsChosenByNameOrGivenNotBoth() {
        assertThatThrownBy(() -> open(builder ->
                        builder.history(h -> h.store("nbguard-memory").store(store))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("exclude each other");
        assertThatThrownBy(() -> open(builder -> builder.history(h -> h.store("papyrus"))))
                .hasMessageContaining("no history store called 'papyrus'")
                .hasMessageContaining("nbguard-memory");
        open(builder -> builder.history(h -> h.store("memory")));
        assertThat(guard.description().history()).startsWith("nbguard-memory");
    }
}

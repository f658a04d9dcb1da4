package io.nbguard.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ScheduleId;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.schedule.FireOutcome;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.schedule.ScheduleFire;
import io.nbguard.api.schedule.ScheduleSpec;
import io.nbguard.api.schedule.ScheduleState;
import io.nbguard.core.fixture.Eventually;
import io.nbguard.core.fixture.FakeProbe;
import io.nbguard.core.fixture.FakeTracker;
import io.nbguard.core.fixture.FragileStore;
import io.nbguard.core.fixture.HastyClock;
import io.nbguard.core.fixture.RecordedEvents;
import io.nbguard.core.fixture.ScriptedExecutor;
import io.nbguard.spi.store.FireTakeover;
import io.nbguard.spi.store.StoredExecution;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Guards that share a store, and guards whose store does not claim. Several processes: {@code SharedStoreTest} of nbguard-jdbc. */
@Tag("slow")
@Timeout(180)
class SharedStoreGuardsTest {

    private static final ScheduleId EVERY_SECOND = new ScheduleId("every-second");

    @TempDir
    private Path root;

    private final FragileStore store = new FragileStore();
    private final HastyClock clock = new HastyClock();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final List<NotebookGuard> guards = new ArrayList<>();
    private final ScriptedExecutor executor = new ScriptedExecutor();
    private final RecordedEvents events = new RecordedEvents();

    @BeforeEach
    void makeNotebook() throws IOException {
        Files.writeString(root.resolve("report.ipynb"), "{}");
    }

    @AfterEach
    void closeAndFindNoThread() {
        store.gate.countDown();
        guards.forEach(NotebookGuard::close);
        Eventually.until("every thread has ended", () -> threads.stream().noneMatch(Thread::isAlive));
    }

    private NotebookGuard open() {
        executor.script = (request, context, usual) -> {
            usual.exits(0, Optional.empty());
            return usual;
        };
        NotebookGuard guard = NotebookGuard.builder()
                .notebooks(root)
                .outputs(root.resolve("runs"))
                .storage(s -> s.temporaryFiles(root))
                .lifecycle(l -> l.announce(false))
                .executor(executor)
                .plugins(p -> p.tracker(new FakeTracker()).probes(new FakeProbe()))
                .listener(events)
                .clock(clock)
                .history(h -> h.store(store))
                .threadFactory(work -> {
                    Thread thread = new Thread(work);
                    threads.add(thread);
                    return thread;
                })
                .build();
        guards.add(guard);
        return guard;
    }

    private Schedule addTo(NotebookGuard guard) {
        Schedule added = guard.schedules()
                .add(ScheduleSpec.every(
                                Duration.ofSeconds(1),
                                ExecutionRequest.of("report.ipynb").build())
                        .id(EVERY_SECOND.value())
                        .maxInstances(100)
                        .build());
        assertThat(guard.history().flush(Duration.ofSeconds(20))).isTrue();
        return added;
    }

    private List<ScheduleFire> fired() {
        return events.of(GuardEvent.ScheduleFired.class).stream()
                .map(GuardEvent.ScheduleFired::fire)
                .toList();
    }

    @Test
    void eachFireIsOneGuards() {
        NotebookGuard first = open();
        addTo(first);
        NotebookGuard second = open();
        assertThat(second.schedules().find(EVERY_SECOND)).isPresent();

        Eventually.until("there were fires", () -> fired().size() >= 5);

        assertThat(fired()).extracting(ScheduleFire::dueAt).doesNotHaveDuplicates();
        Eventually.until("both know of them all", () -> first.schedules()
                .find(EVERY_SECOND)
                .map(Schedule::started)
                .equals(second.schedules().find(EVERY_SECOND).map(Schedule::started)));
        // A machine that stands still for a second has two of them come due at once.
        assertThat(events.of(GuardEvent.ScheduleSkipped.class))
                .allMatch(skipped -> skipped.fire().outcome() == FireOutcome.COALESCED);
    }

    @Test
    void whatOneGuardAddsPausesAndRemovesTheOtherFollows() {
        NotebookGuard first = open();
        NotebookGuard second = open();
        Schedule added = addTo(first);

        Eventually.until("the other has it", () -> {
            clock.advance(Duration.ofSeconds(2));
            first.history().flush(Duration.ofSeconds(5));
            return second.schedules().find(EVERY_SECOND).isPresent();
        });
        assertThat(second.schedules().find(EVERY_SECOND).orElseThrow().createdAt())
                .isEqualTo(added.createdAt());

        first.schedules().pause(EVERY_SECOND);
        first.history().flush(Duration.ofSeconds(20));
        Eventually.until("the other has it paused", () -> stateIn(second).equals(Optional.of(ScheduleState.PAUSED)));

        second.schedules().resume(EVERY_SECOND);
        second.history().flush(Duration.ofSeconds(20));
        Eventually.until("the first has it active", () -> stateIn(first).equals(Optional.of(ScheduleState.ACTIVE)));

        second.schedules().remove(EVERY_SECOND);
        second.history().flush(Duration.ofSeconds(20));
        Eventually.until("the first has it no more", () -> stateIn(first).isEmpty());
    }

    private Optional<ScheduleState> stateIn(NotebookGuard guard) {
        clock.advance(Duration.ofMillis(500));
        return guard.schedules().find(EVERY_SECOND).map(Schedule::state);
    }

    @Test
    void aGuardThatIsBeingClosedLeavesItsFiresToOthersAndToTheNext() {
        NotebookGuard first = open();
        addTo(first);
        Eventually.until("it has fired", () -> !fired().isEmpty());
        first.close();

        NotebookGuard second = open();
        Eventually.until("the next goes on", () -> fired().size() >= 3);

        assertThat(fired()).extracting(ScheduleFire::dueAt).doesNotHaveDuplicates();
        assertThat(second.schedules().history(EVERY_SECOND))
                .extracting(ScheduleFire::outcome)
                .doesNotContain(FireOutcome.GUARD_CLOSING);
    }

    @Test
    void whileTheStoreIsDownNothingIsFiredAndAfterwardsItIsMadeUpForWithinTheGrace() {
        NotebookGuard guard = open();
        addTo(guard);
        Eventually.until("it has fired", () -> !fired().isEmpty());
        store.failure = "connection refused";
        Instant down = clock.instant();
        Eventually.until("two fires have come due", () -> clock.instant().isAfter(down.plusSeconds(3)));
        List<ScheduleFire> before = fired();
        assertThat(before).noneMatch(fire -> fire.dueAt().isAfter(down.plusSeconds(1)));

        store.failure = null;

        Eventually.until("it goes on", () -> fired().size() > before.size() + 1);
        assertThat(fired()).extracting(ScheduleFire::dueAt).doesNotHaveDuplicates();
        List<ScheduleFire> history = guard.schedules().history(EVERY_SECOND);
        assertThat(history.stream().mapToLong(ScheduleFire::count).sum())
                .as("each fire is recorded: %s", history)
                .isEqualTo(Duration.between(
                                        history.get(0).dueAt(),
                                        history.get(history.size() - 1).lastDueAt())
                                .toSeconds()
                        + 1);
    }

    @Test
    void aStoreThatIsDownForLongerThanTheGraceIsWhyAFireIsTooLate() {
        NotebookGuard guard = open();
        addTo(guard);
        Eventually.until("it has fired", () -> !fired().isEmpty());
        store.failure = "connection refused";
        Instant down = clock.instant();
        Eventually.until("a fire waits", () -> clock.instant().isAfter(down.plusSeconds(3)));

        clock.advance(Duration.ofHours(2));
        Instant later = clock.instant();
        Eventually.until("it is planned anew", () -> clock.instant().isAfter(later.plusSeconds(3)));
        store.failure = null;

        Eventually.until("it is told", () -> guard.schedules().history(EVERY_SECOND).stream()
                .anyMatch(fire -> fire.outcome() == FireOutcome.TOO_LATE));
        assertThat(guard.schedules().history(EVERY_SECOND))
                .filteredOn(fire -> fire.outcome() == FireOutcome.TOO_LATE)
                .first()
                .satisfies(fire -> assertThat(fire.message().orElse(""))
                        .contains("could not be claimed in the history store", "connection refused"));
    }

    private List<String> launchMessages(NotebookGuard guard) {
        return guard.executions().stream()
                .map(Execution::record)
                .filter(record -> record.state().isEnd())
                .map(record ->
                        record.state() + ": " + record.lifecycle().message().orElse(""))
                .toList();
    }

    @Test
    void aClaimedFireIsLaunchedOnceTheStoreHasBeenToldOfIt() {
        store.launchFailure = "connection refused";
        NotebookGuard guard = open();
        addTo(guard);
        Eventually.until("the store was asked again", () -> store.launchesRefused.get() > 2);
        assertThat(executor.launches).hasValue(0);
        assertThat(launchMessages(guard)).isEmpty();

        store.launchFailure = null;

        Eventually.until("it is launched", () -> executor.launches.get() > 0);
    }

    @Test
    void aClaimedFireIsNotLaunchedIfTheStoreCannotBeToldOfItInTime() {
        store.launchFailure = "connection refused";
        NotebookGuard guard = open();
        addTo(guard);
        Eventually.until("the store was asked", () -> store.launchesRefused.get() > 0);

        clock.advance(Duration.ofHours(2));

        Eventually.until("it has ended", () -> !launchMessages(guard).isEmpty());
        assertThat(launchMessages(guard))
                .allSatisfy(
                        text -> assertThat(text).startsWith("FAILED").contains("history store", "connection refused"));
        assertThat(executor.launches).hasValue(0);
    }

    @Test
    void aFireThatAnotherGuardHasTakenOverMeanwhileIsNotLaunched() {
        store.beforeLaunch = id -> {
            try {
                StoredExecution left = store.execution(id).orElseThrow();
                store.takeOver(new FireTakeover(left, List.of(), Optional.empty()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
        NotebookGuard guard = open();
        addTo(guard);

        Eventually.until("it has ended", () -> !launchMessages(guard).isEmpty());
        assertThat(launchMessages(guard))
                .allSatisfy(text -> assertThat(text).startsWith("FAILED").contains("given to another guard"));
        assertThat(executor.launches).hasValue(0);
    }

    @Test
    void aStoreThatNeverAnswersIsToldOnceAndHoldsUpNothingElse() {
        NotebookGuard guard = open();
        addTo(guard);
        Eventually.until("it has fired", () -> !fired().isEmpty());
        CountDownLatch hanging = store.hang();

        Eventually.until("it is told", () -> {
            clock.advance(Duration.ofSeconds(1));
            return events.of(PluginMisbehaved.class).stream()
                    .anyMatch(told -> told.kind().equals("history store"));
        });
        assertThat(guard.run(ExecutionRequest.of("report.ipynb").build()).completion())
                .succeedsWithin(Duration.ofSeconds(20));
        assertThat(events.of(PluginMisbehaved.class)).hasSize(1);
        guard.close();
        // While the store still hangs: closing has freed them.
        Eventually.until(
                "every thread has ended: " + threads, () -> threads.stream().noneMatch(Thread::isAlive));
        hanging.countDown();
    }
}

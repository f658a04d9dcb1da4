package io.nbguard.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ScheduleId;
import io.nbguard.api.event.EventRecord;
import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.history.HistoryQuery;
import io.nbguard.api.history.UsagePoint;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.schedule.ScheduleSpec;
import io.nbguard.api.schedule.ScheduleState;
import io.nbguard.core.fixture.DeadGuard;
import io.nbguard.core.fixture.ExecutionStandIn;
import io.nbguard.core.fixture.FakeGroup;
import io.nbguard.core.fixture.FakeTracker;
import io.nbguard.core.fixture.FragileStore;
import io.nbguard.core.fixture.PlannedExecution;
import io.nbguard.core.fixture.TwoClocks;
import io.nbguard.core.schedule.FireSuccessors;
import io.nbguard.core.workspace.FolderOwner;
import io.nbguard.spi.executor.ExecutionHandle;
import io.nbguard.spi.process.ProcessIdentity;
import io.nbguard.spi.store.FireAnswer;
import io.nbguard.spi.store.FireClaim;
import io.nbguard.spi.store.FireStart;
import io.nbguard.spi.store.HistoryEntry;
import io.nbguard.spi.store.StoredSchedule;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is done about the executions of guards that are gone, or may be. */
class DeadGuardsTest {

    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    private static final ProcessIdentity ROOT = new ProcessIdentity(4711, 99);

    private final TwoClocks clock = new TwoClocks(BEGIN);
    private final FragileStore store = new FragileStore();
    private final FakeTracker tracker = new FakeTracker();
    private Optional<Path> notebook = Optional.empty();
    private boolean goesOn;
    private FolderOwner self;
    private FolderOwner dead;
    private DeadGuards guards;

    @BeforeEach
    void endAProcess() throws Exception {
        self = FolderOwner.current().orElseThrow();
        dead = DeadGuard.seenBy(self);
        guards = new DeadGuards(
                Optional.of(self),
                new OrphanReaper(tracker, id -> Optional.empty()),
                id -> false,
                execution -> goesOn,
                execution -> notebook,
                clock);
    }

    private ExecutionStandIn execution(FolderOwner guard, ExecutionState state) throws Exception {
        return execution(Optional.of(guard.toText()), state);
    }

    private ExecutionStandIn execution(Optional<String> guard, ExecutionState state) throws Exception {
        ExecutionStandIn standIn = new ExecutionStandIn("a.ipynb", BEGIN).is(state);
        standIn.guard = guard;
        if (state != ExecutionState.QUEUED) {
            standIn.root = Optional.of(ROOT);
        }
        store.write(List.of(new HistoryEntry.OfExecution(standIn.get())));
        return standIn;
    }

    private void uses(ExecutionStandIn standIn, int second) throws Exception {
        store.write(List.of(new HistoryEntry.OfUsage(
                Optional.of(standIn.id), UsagePoint.reading(BEGIN.plusSeconds(second), ByteSize.ofMebibytes(10), 1))));
    }

    private ExecutionRecord look(ExecutionStandIn standIn) throws Exception {
        guards.look(store, id -> false);
        return store.execution(standIn.id).orElseThrow().record();
    }

    @Test
    void whatGoesOnIsLeftAlone() throws Exception {
        ExecutionStandIn standIn = execution(dead, ExecutionState.RUNNING);
        tracker.running.add(ROOT);
        goesOn = true;

        assertThat(look(standIn).state()).isEqualTo(ExecutionState.RUNNING);
        assertThat(tracker.running).containsExactly(ROOT);
    }

    @Test
    void whatADeadGuardHasLeftRunningIsKilledAndRecordedAsLost() throws Exception {
        ExecutionStandIn standIn = execution(dead, ExecutionState.RUNNING);
        tracker.running.add(ROOT);
        notebook = Optional.of(Path.of("/outputs/a_exec.ipynb"));
        clock.jump(Duration.ofHours(8));

        ExecutionRecord record = look(standIn);

        FakeGroup group = tracker.group(standIn.id);
        assertThat(group.log).containsExactly("confirm");
        assertThat(group.alive).isZero();
        assertThat(group.closed).isTrue();
        assertThat(record.state()).isEqualTo(ExecutionState.LOST);
        assertThat(record.outcome().reason()).contains(EndReason.ORPHANED);
        assertThat(record.lifecycle().message().orElseThrow())
                .contains("crashed or was killed")
                .contains("what was left of the execution was killed");
        assertThat(record.lifecycle().endedAt()).contains(clock.instant());
        assertThat(record.outcome().output()).isEqualTo(notebook);
        assertThat(store.unfinished()).isEmpty();
        assertThat(store.events(HistoryQuery.latest(1)).items()).singleElement().satisfies(event -> {
            assertThat(event.execution()).contains(standIn.id);
            assertThat(event.message()).contains("LOST (ORPHANED)");
        });
    }

    @Test
    void whatDiedWithItsGuardIsRecordedAsEndedWhenItWasLastSeen() throws Exception {
        ExecutionStandIn standIn = execution(dead, ExecutionState.RUNNING);
        uses(standIn, 30);
        uses(standIn, 42);
        clock.jump(Duration.ofHours(8));

        ExecutionRecord record = look(standIn);

        assertThat(record.state()).isEqualTo(ExecutionState.LOST);
        assertThat(record.lifecycle().endedAt()).contains(BEGIN.plusSeconds(42));
        assertThat(tracker.groups).isEmpty();
    }

    @Test
    void whatSurvivesItsKillIsSaidToSurvive() throws Exception {
        ExecutionStandIn standIn = execution(dead, ExecutionState.RUNNING);
        tracker.running.add(ROOT);
        tracker.attach(standIn.id, ROOT);
        tracker.group(standIn.id).unkillable = true;

        assertThat(look(standIn).lifecycle().message().orElseThrow()).contains("not every process");
    }

    @Test
    void whatWasWaitingIsLostToo() throws Exception {
        assertThat(look(execution(dead, ExecutionState.QUEUED)).state()).isEqualTo(ExecutionState.LOST);
    }

    @Test
    void whatLivesOrIsOursIsLeftAlone() throws Exception {
        clock.jump(Duration.ofDays(1));
        ExecutionStandIn living = execution(self, ExecutionState.RUNNING);
        ExecutionStandIn ours = execution(dead, ExecutionState.RUNNING);
        tracker.running.add(ROOT);

        guards.look(store, ours.id::equals);

        assertThat(store.unfinished()).hasSize(2);
        assertThat(tracker.groups).isEmpty();
        assertThat(store.records(living.id)).hasSize(1);
    }

    @Test
    void aGuardThatCannotBeLookedAtIsDeadWhenItIsSilentAndNothingOfItIsTouched() throws Exception {
        tracker.running.add(ROOT);
        FolderOwner elsewhere = new FolderOwner(self.guard(), self.boot(), "pid:[1]");
        ExecutionStandIn first = execution(elsewhere, ExecutionState.RUNNING);
        ExecutionStandIn second = execution(elsewhere, ExecutionState.QUEUED);
        uses(first, 100);
        clock.jump(Duration.ofSeconds(200));
        assertThat(look(first).state()).isEqualTo(ExecutionState.RUNNING);

        clock.jump(Duration.ofSeconds(60));

        assertThat(look(first).state()).isEqualTo(ExecutionState.LOST);
        assertThat(look(second).state()).isEqualTo(ExecutionState.LOST);
        assertThat(tracker.groups).isEmpty();
    }

    @Test
    void aGuardWhoseExecutionsAnEngineRunsIsNotDeadForWritingNoUsage() throws Exception {
        FolderOwner elsewhere = new FolderOwner(self.guard(), self.boot(), "pid:[1]");
        ExecutionStandIn remote = execution(elsewhere, ExecutionState.CONTACT_LOST);
        remote.engineHandle = Optional.of(new ExecutionHandle("engine", 1, Map.of("job", "42")));
        store.write(List.of(new HistoryEntry.OfExecution(remote.get())));
        ExecutionStandIn waiting = execution(elsewhere, ExecutionState.QUEUED);
        clock.jump(Duration.ofHours(5));

        assertThat(look(remote).state()).isEqualTo(ExecutionState.CONTACT_LOST);
        assertThat(look(waiting).state()).isEqualTo(ExecutionState.QUEUED);
    }

    private static final ScheduleId HOURLY = new ScheduleId("hourly");

    private static StoredSchedule hourly() {
        ScheduleSpec spec = ScheduleSpec.every(
                        Duration.ofHours(1), ExecutionRequest.of("a.ipynb").build())
                .id(HOURLY.value())
                .misfireGrace(Duration.ofMinutes(30))
                .build();
        return new StoredSchedule(
                new Schedule(
                        HOURLY,
                        spec,
                        BEGIN,
                        ScheduleState.ACTIVE,
                        Optional.of(BEGIN.plus(Duration.ofHours(1))),
                        Optional.empty(),
                        List.of(),
                        1,
                        0),
                BEGIN,
                false);
    }

    /** Has a guard claim the first fire of the schedule. */
    private ExecutionStandIn claimed(FolderOwner guard) throws Exception {
        ExecutionStandIn standIn = new ExecutionStandIn("a.ipynb", BEGIN)
                .asked(ExecutionRequest.of("a.ipynb").build().scheduledBy(HOURLY));
        standIn.guard = Optional.of(guard.toText());
        assertThat(store.claim(new FireClaim(
                        hourly(),
                        BEGIN,
                        0,
                        List.of(new FireStart(standIn.get(), BEGIN)),
                        Set.of(),
                        0,
                        standIn.guard,
                        "token",
                        BEGIN)))
                .isEqualTo(new FireAnswer.Claimed());
        return standIn;
    }

    /** An execution of this guard that takes over the fires it is asked for. */
    private static final class PlannedSuccessors extends PlannedExecution
            implements FireSuccessors, FireSuccessors.Successor {

        private final List<Instant> askedFor = new ArrayList<>();
        private int starts;
        private RuntimeException failure;

        PlannedSuccessors() {
            super(HOURLY, BEGIN);
        }

        @Override
        public Optional<Successor> successorFor(ScheduleId id, Instant dueAt) {
            askedFor.add(dueAt);
            return Optional.of(this);
        }

        @Override
        public Execution execution() {
            return this;
        }

        @Override
        public void start() {
            starts++;
            if (failure != null) {
                throw failure;
            }
        }
    }

    private ExecutionRecord stored(ExecutionStandIn standIn) throws Exception {
        return store.execution(standIn.id).orElseThrow().record();
    }

    @Test
    void aFireThatADeadGuardHasNotLaunchedIsStartedByAnotherOnce() throws Exception {
        ExecutionStandIn left = claimed(dead);
        PlannedSuccessors successors = new PlannedSuccessors();

        assertThat(look(left).state())
                .as("nothing is decided while it is in time")
                .isEqualTo(ExecutionState.QUEUED);
        guards.lookAtFires(store, successors);
        guards.lookAtFires(store, successors);

        assertThat(successors.askedFor).containsExactly(BEGIN);
        assertThat(successors.starts).isEqualTo(1);
        assertThat(stored(left).state()).isEqualTo(ExecutionState.LOST);
        assertThat(stored(left).lifecycle().message().orElseThrow())
                .contains("crashed or was killed", "is given to another guard, as execution " + successors.id());
        assertThat(store.unfinished()).singleElement().satisfies(execution -> {
            assertThat(execution.record().id()).isEqualTo(successors.id());
            assertThat(execution.guard()).contains(self.toText());
        });
        assertThat(store.launching(left.id)).isFalse();
        assertThat(store.launching(successors.id())).isTrue();
    }

    @Test
    void aFireThatWasTakenOverAndCannotBeStartedLeavesNothingThatLooksAsIfItRan() throws Exception {
        claimed(dead);
        PlannedSuccessors successors = new PlannedSuccessors();
        successors.failure = new IllegalStateException("no thread");

        guards.lookAtFires(store, successors);

        assertThat(store.unfinished()).isEmpty();
        assertThat(stored(successors.standIn)).satisfies(record -> {
            assertThat(record.state()).isEqualTo(ExecutionState.LOST);
            assertThat(record.lifecycle().message().orElse("")).contains("never launched", "no thread");
        });
    }

    @Test
    void aFireThatADeadGuardHasLaunchedIsLostAndNotStartedAgain() throws Exception {
        ExecutionStandIn left = claimed(dead);
        store.launching(left.id);
        PlannedSuccessors successors = new PlannedSuccessors();

        guards.lookAtFires(store, successors);

        assertThat(successors.askedFor).isEmpty();
        assertThat(look(left).state()).isEqualTo(ExecutionState.LOST);
        guards.lookAtFires(store, successors);
        assertThat(successors.starts).isZero();
    }

    @Test
    void aFireThatADeadGuardHasNotLaunchedIsSkippedOnceItIsTooLate() throws Exception {
        ExecutionStandIn left = claimed(dead);
        clock.jump(Duration.ofMinutes(31));
        PlannedSuccessors successors = new PlannedSuccessors();

        guards.lookAtFires(store, successors);

        assertThat(successors.starts).isZero();
        assertThat(stored(left).lifecycle().message().orElseThrow()).contains("too late");
        assertThat(store.events(HistoryQuery.latest(10)).items())
                .extracting(EventRecord::message)
                .anySatisfy(text -> assertThat(text).contains("too late").contains("hourly"));
        assertThat(store.unfinished()).isEmpty();
    }

    @Test
    void aFireWhoseScheduleWasRemovedIsNotStartedInPlaceOfADeadGuard() throws Exception {
        ExecutionStandIn left = claimed(dead);
        store.write(List.of(new HistoryEntry.ScheduleRemoved(HOURLY, BEGIN, BEGIN.plusSeconds(1))));
        PlannedSuccessors successors = new PlannedSuccessors();

        guards.lookAtFires(store, successors);

        assertThat(successors.starts).isZero();
        assertThat(stored(left).lifecycle().message().orElseThrow()).contains("its schedule was removed");
    }

    @Test
    void aFireOfAGuardOfAnotherMachineIsStartedByAnotherWhenThatIsSilent() throws Exception {
        ExecutionStandIn left = claimed(new FolderOwner(self.guard(), "another machine", "pid:[1]"));
        clock.jump(Duration.ofMinutes(5));
        PlannedSuccessors successors = new PlannedSuccessors();

        guards.lookAtFires(store, successors);
        assertThat(successors.askedFor).isEmpty();
        clock.jump(Duration.ofMinutes(6));
        guards.lookAtFires(store, successors);

        assertThat(successors.starts).isEqualTo(1);
        assertThat(store.launching(left.id)).isFalse();
    }

    @Test
    void aGuardThatHasNotSaidWhoItIsIsJudgedByItsSilenceToo() throws Exception {
        ExecutionStandIn started = execution(Optional.of("a guard of times to come"), ExecutionState.RUNNING);
        ExecutionStandIn waiting = execution(Optional.empty(), ExecutionState.QUEUED);
        clock.jump(Duration.ofMinutes(5));

        assertThat(look(started).state()).isEqualTo(ExecutionState.LOST);
        assertThat(look(waiting).state()).isEqualTo(ExecutionState.QUEUED);

        clock.jump(Duration.ofMinutes(6));

        assertThat(look(waiting).state()).isEqualTo(ExecutionState.LOST);
    }
}

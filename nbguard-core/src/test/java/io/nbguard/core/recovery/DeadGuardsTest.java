package io.nbguard.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ExecutionId;
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
import io.nbguard.spi.store.StoredExecution;
import io.nbguard.spi.store.StoredSchedule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
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
    private boolean cannotFollow;
    private final Set<ExecutionId> givenBack = new HashSet<>();
    private final List<ExecutionId> engineRuns = new ArrayList<>();
    private Runnable beforeTaking = () -> {};
    private Runnable beforeGivingBack = () -> {};
    private FolderOwner self;
    private FolderOwner dead;
    private DeadGuards guards;

    @BeforeEach
    void endAProcess() throws Exception {
        FolderOwner process = FolderOwner.current().orElseThrow();
        self = new FolderOwner(
                process.guard(),
                process.boot(),
                process.pidNamespace(),
                Optional.of("this machine"),
                OptionalLong.empty());
        dead = DeadGuard.seenBy(self);
        guards = guards(self.toText(), engineRuns);
    }

    private DeadGuards guards(String name, List<ExecutionId> takes) {
        return new DeadGuards(
                Optional.of(self),
                Optional.of(name),
                new OrphanReaper(tracker, id -> Optional.empty()),
                (id, owner) -> givenBack.contains(id),
                new Recovery(takes),
                execution -> notebook,
                clock);
    }

    /** Takes all that engines run, and of the others what the test says. */
    private final class Recovery implements DeadGuards.Recovery {

        private final List<ExecutionId> taken;

        Recovery(List<ExecutionId> taken) {
            this.taken = taken;
        }

        @Override
        public StoredExecution withHandle(StoredExecution left) {
            return left;
        }

        @Override
        public boolean goesOn(StoredExecution left) {
            return goesOn;
        }

        @Override
        public void engineGoesOn(StoredExecution left, StoreTakeover takeover) throws IOException {
            beforeTaking.run();
            if (takeover.take()) {
                taken.add(left.record().id());
                if (cannotFollow) {
                    beforeGivingBack.run();
                    takeover.giveBack();
                }
            }
        }
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
        FolderOwner elsewhere =
                new FolderOwner(self.guard(), self.boot(), "pid:[1]", Optional.empty(), OptionalLong.empty());
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
        FolderOwner elsewhere =
                new FolderOwner(self.guard(), self.boot(), "pid:[1]", Optional.empty(), OptionalLong.empty());
        ExecutionStandIn remote = execution(elsewhere, ExecutionState.CONTACT_LOST);
        remote.engineHandle = Optional.of(new ExecutionHandle("engine", 1, Map.of("job", "42")));
        store.write(List.of(new HistoryEntry.OfExecution(remote.get())));
        ExecutionStandIn waiting = execution(elsewhere, ExecutionState.QUEUED);
        clock.jump(Duration.ofHours(5));

        assertThat(look(remote).state()).isEqualTo(ExecutionState.CONTACT_LOST);
        assertThat(look(waiting).state()).isEqualTo(ExecutionState.QUEUED);
    }

    private ExecutionStandIn remote(FolderOwner guard) throws Exception {
        return remote(guard.toText());
    }

    private ExecutionStandIn remote(String guard) throws Exception {
        ExecutionStandIn remote = new ExecutionStandIn("a.ipynb", BEGIN).is(ExecutionState.RUNNING);
        remote.guard = Optional.of(guard);
        remote.engineHandle = Optional.of(new ExecutionHandle("engine", 1, Map.of("job", "42")));
        store.write(List.of(new HistoryEntry.OfExecution(remote.get())));
        return remote;
    }

    private FolderOwner ofEarlierBoot() {
        // The same process id as this process's: it says nothing across a restart.
        return new FolderOwner(
                self.guard(), "the boot before", self.pidNamespace(), self.machine(), OptionalLong.empty());
    }

    private String owner(ExecutionStandIn standIn) throws Exception {
        return store.execution(standIn.id).orElseThrow().guard().orElseThrow();
    }

    @Test
    void whatAnEngineRunsForAGuardThatIsDeadIsThisGuards() throws Exception {
        ExecutionStandIn killed = remote(dead);
        ExecutionStandIn beforeARestart = remote(ofEarlierBoot());
        ExecutionStandIn givenBackInTheStore = remote("given back");
        ExecutionStandIn givenBackByALivingGuard = remote(self.toText() + "instance=another");
        givenBack.add(givenBackByALivingGuard.id);

        guards.look(store, engineRuns::contains);
        guards.look(store, engineRuns::contains);

        assertThat(engineRuns)
                .containsExactly(killed.id, beforeARestart.id, givenBackInTheStore.id, givenBackByALivingGuard.id);
        for (ExecutionId id : engineRuns) {
            assertThat(store.execution(id).orElseThrow().guard()).contains(self.toText());
            assertThat(store.execution(id).orElseThrow().record().state()).isEqualTo(ExecutionState.RUNNING);
        }
    }

    @Test
    void whatAnEngineRunsForAGuardThatMayLiveStaysWithIt() throws Exception {
        ExecutionStandIn living = remote(self.toText() + "instance=another");
        ExecutionStandIn inAContainer =
                remote(new FolderOwner(dead.guard(), self.boot(), "pid:[1]", Optional.empty(), OptionalLong.empty()));
        ExecutionStandIn onAnotherMachine = remote(new FolderOwner(
                dead.guard(),
                "another boot",
                self.pidNamespace(),
                Optional.of("another machine"),
                OptionalLong.empty()));
        ExecutionStandIn onAnUnknownOne = remote(new FolderOwner(
                dead.guard(), "another boot", self.pidNamespace(), Optional.empty(), OptionalLong.empty()));
        clock.jump(Duration.ofDays(2));

        guards.look(store, id -> false);

        assertThat(engineRuns).isEmpty();
        for (ExecutionStandIn left : List.of(living, inAContainer, onAnotherMachine, onAnUnknownOne)) {
            assertThat(store.execution(left.id).orElseThrow().guard()).isEqualTo(left.guard);
            assertThat(store.execution(left.id).orElseThrow().record().state()).isEqualTo(ExecutionState.RUNNING);
        }
    }

    @Test
    void ofTwoGuardsThatHaveSeenADeadOneOneGetsWhatItHasLeft() throws Exception {
        ExecutionStandIn left = remote(dead);
        List<ExecutionId> ofTheOther = new ArrayList<>();
        DeadGuards other = guards(self.toText() + "instance=another", ofTheOther);
        // This one has read the store, and the other is faster.
        beforeTaking = () -> {
            beforeTaking = () -> {};
            try {
                other.look(store, id -> false);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };

        guards.look(store, id -> false);

        assertThat(ofTheOther).containsExactly(left.id);
        assertThat(engineRuns).isEmpty();
        assertThat(owner(left)).contains("instance=another");
    }

    @Test
    void aTakeoverWhoseAnswerWasLostIsAskedAgain() throws Exception {
        ExecutionStandIn left = remote(dead);
        store.lostReassignments.set(1);

        assertThatThrownBy(() -> guards.look(store, id -> false)).hasMessage("connection reset");
        assertThat(engineRuns).isEmpty();
        assertThat(owner(left)).isEqualTo(self.toText());
        guards.look(store, id -> false);
        guards.look(store, id -> false);

        assertThat(engineRuns).containsExactly(left.id);
    }

    @Test
    void whatAGuardHasTakenAndCannotFollowIsAnyOthers() throws Exception {
        ExecutionStandIn left = remote(dead);
        cannotFollow = true;
        guards.look(store, id -> false);
        cannotFollow = false;
        List<ExecutionId> ofTheOther = new ArrayList<>();

        guards("another guard", ofTheOther).look(store, id -> false);

        assertThat(ofTheOther).containsExactly(left.id);
        assertThat(owner(left)).isEqualTo("another guard");
    }

    @Test
    void whatAGuardCannotFollowAndCannotGiveBackItTriesAgain() throws Exception {
        ExecutionStandIn left = remote(dead);
        cannotFollow = true;
        beforeGivingBack = () -> store.failure = "the store is down";
        assertThatThrownBy(() -> guards.look(store, id -> false)).hasMessage("the store is down");
        store.failure = null;
        cannotFollow = false;
        engineRuns.clear();

        guards.look(store, id -> false);

        assertThat(engineRuns).containsExactly(left.id);
        assertThat(owner(left)).isEqualTo(self.toText());
    }

    @Test
    void whatRanOnThisMachineBeforeItWasStartedAnewIsLostAtOnceAndNoProcessIsTouched() throws Exception {
        ExecutionStandIn standIn = execution(ofEarlierBoot(), ExecutionState.RUNNING);
        uses(standIn, 42);
        // It has the id and start that a process of this boot has.
        tracker.running.add(ROOT);
        notebook = Optional.of(Path.of("/outputs/a_exec.ipynb"));
        clock.jump(Duration.ofSeconds(50));

        ExecutionRecord record = look(standIn);

        assertThat(record.state()).isEqualTo(ExecutionState.LOST);
        assertThat(record.outcome().reason()).contains(EndReason.ORPHANED);
        assertThat(record.lifecycle().message().orElseThrow()).startsWith("The machine was started anew while it ran");
        assertThat(record.lifecycle().endedAt()).contains(BEGIN.plusSeconds(42));
        assertThat(record.outcome().output()).isEqualTo(notebook);
        assertThat(tracker.groups).isEmpty();
        assertThat(tracker.running).containsExactly(ROOT);
    }

    @Test
    void whatOutlivesItsGuardMayHaveEndedBeforeTheMachineWasStartedAnew() throws Exception {
        ExecutionStandIn standIn = execution(ofEarlierBoot(), ExecutionState.RUNNING);
        goesOn = true;

        assertThat(look(standIn).state()).isEqualTo(ExecutionState.RUNNING);
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
        ExecutionStandIn left = claimed(
                new FolderOwner(self.guard(), "another machine", "pid:[1]", Optional.empty(), OptionalLong.empty()));
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

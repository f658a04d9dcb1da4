package io.nbguard.core.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ByteSize;
import io.nbguard.api.EndReason;
import io.nbguard.api.ExecutionRecord;
import io.nbguard.api.ExecutionState;
import io.nbguard.api.HistoryQuery;
import io.nbguard.api.UsagePoint;
import io.nbguard.core.execution.FolderOwner;
import io.nbguard.core.fixture.DeadGuard;
import io.nbguard.core.fixture.FakeGroup;
import io.nbguard.core.fixture.FakeTracker;
import io.nbguard.core.fixture.FragileStore;
import io.nbguard.core.fixture.Standing;
import io.nbguard.core.fixture.TwoClocks;
import io.nbguard.spi.HistoryEntry;
import io.nbguard.spi.ProcessIdentity;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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
                new Leftovers(tracker, id -> Optional.empty()),
                execution -> goesOn,
                execution -> notebook,
                clock);
    }

    private Standing execution(FolderOwner guard, ExecutionState state) throws Exception {
        return execution(Optional.of(guard.toText()), state);
    }

    private Standing execution(Optional<String> guard, ExecutionState state) throws Exception {
        Standing standing = new Standing("a.ipynb", BEGIN).is(state);
        standing.guard = guard;
        if (state != ExecutionState.QUEUED) {
            standing.root = Optional.of(ROOT);
        }
        store.write(List.of(new HistoryEntry.OfExecution(standing.get())));
        return standing;
    }

    private void uses(Standing standing, int second) throws Exception {
        store.write(List.of(new HistoryEntry.OfUsage(
                Optional.of(standing.id), UsagePoint.reading(BEGIN.plusSeconds(second), ByteSize.ofMebibytes(10), 1))));
    }

    private ExecutionRecord look(Standing standing) throws Exception {
        guards.look(store, id -> false);
        return store.execution(standing.id).orElseThrow().record();
    }

    @Test
    void whatGoesOnIsLeftAlone() throws Exception {
        Standing standing = execution(dead, ExecutionState.RUNNING);
        tracker.running.add(ROOT);
        goesOn = true;

        assertThat(look(standing).state()).isEqualTo(ExecutionState.RUNNING);
        assertThat(tracker.running).containsExactly(ROOT);
    }

    @Test
    void whatADeadGuardHasLeftRunningIsKilledAndRecordedAsLost() throws Exception {
        Standing standing = execution(dead, ExecutionState.RUNNING);
        tracker.running.add(ROOT);
        notebook = Optional.of(Path.of("/outputs/a_exec.ipynb"));
        clock.jump(Duration.ofHours(8));

        ExecutionRecord record = look(standing);

        FakeGroup group = tracker.group(standing.id);
        assertThat(group.log).containsExactly("confirm");
        assertThat(group.alive).isZero();
        assertThat(group.closed).isTrue();
        assertThat(record.state()).isEqualTo(ExecutionState.LOST);
        assertThat(record.reason()).contains(EndReason.ORPHANED);
        assertThat(record.message().orElseThrow())
                .contains("crashed or was killed")
                .contains("what was left of the execution was killed");
        assertThat(record.endedAt()).contains(clock.instant());
        assertThat(record.output()).isEqualTo(notebook);
        assertThat(store.unfinished()).isEmpty();
        assertThat(store.events(HistoryQuery.latest(1)).items()).singleElement().satisfies(event -> {
            assertThat(event.execution()).contains(standing.id);
            assertThat(event.message()).contains("LOST (ORPHANED)");
        });
    }

    @Test
    void whatDiedWithItsGuardIsRecordedAsEndedWhenItWasLastSeen() throws Exception {
        Standing standing = execution(dead, ExecutionState.RUNNING);
        uses(standing, 30);
        uses(standing, 42);
        clock.jump(Duration.ofHours(8));

        ExecutionRecord record = look(standing);

        assertThat(record.state()).isEqualTo(ExecutionState.LOST);
        assertThat(record.endedAt()).contains(BEGIN.plusSeconds(42));
        assertThat(tracker.groups).isEmpty();
    }

    @Test
    void whatSurvivesItsKillIsSaidToSurvive() throws Exception {
        Standing standing = execution(dead, ExecutionState.RUNNING);
        tracker.running.add(ROOT);
        tracker.attach(standing.id, ROOT);
        tracker.group(standing.id).unkillable = true;

        assertThat(look(standing).message().orElseThrow()).contains("not every process");
    }

    @Test
    void whatWasWaitingIsLostToo() throws Exception {
        assertThat(look(execution(dead, ExecutionState.QUEUED)).state()).isEqualTo(ExecutionState.LOST);
    }

    @Test
    void whatLivesOrIsOursIsLeftAlone() throws Exception {
        clock.jump(Duration.ofDays(1));
        Standing living = execution(self, ExecutionState.RUNNING);
        Standing ours = execution(dead, ExecutionState.RUNNING);
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
        Standing first = execution(elsewhere, ExecutionState.RUNNING);
        Standing second = execution(elsewhere, ExecutionState.QUEUED);
        uses(first, 100);
        clock.jump(Duration.ofSeconds(200));
        assertThat(look(first).state()).isEqualTo(ExecutionState.RUNNING);

        clock.jump(Duration.ofSeconds(60));

        assertThat(look(first).state()).isEqualTo(ExecutionState.LOST);
        assertThat(look(second).state()).isEqualTo(ExecutionState.LOST);
        assertThat(tracker.groups).isEmpty();
    }

    @Test
    void aGuardThatHasNotSaidWhoItIsIsJudgedByItsSilenceToo() throws Exception {
        Standing started = execution(Optional.of("a guard of times to come"), ExecutionState.RUNNING);
        Standing waiting = execution(Optional.empty(), ExecutionState.QUEUED);
        clock.jump(Duration.ofMinutes(5));

        assertThat(look(started).state()).isEqualTo(ExecutionState.LOST);
        assertThat(look(waiting).state()).isEqualTo(ExecutionState.QUEUED);

        clock.jump(Duration.ofMinutes(6));

        assertThat(look(waiting).state()).isEqualTo(ExecutionState.LOST);
    }
}

package io.nbguard.core.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ByteSize;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.ExecutionState;
import io.nbguard.api.GuardEvent;
import io.nbguard.core.fixture.Eventually;
import io.nbguard.core.fixture.FakeTracker;
import io.nbguard.core.fixture.FragileStore;
import io.nbguard.core.fixture.HastyClock;
import io.nbguard.core.fixture.RecordedEvents;
import io.nbguard.core.fixture.Snapshots;
import io.nbguard.core.fixture.Standing;
import io.nbguard.spi.HistoryEntry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The keeper on its own thread, with stores that do not answer. */
@Timeout(60)
class KeeperThreadTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final HastyClock clock = new HastyClock();
    private final FragileStore store = new FragileStore();
    private final RecordedEvents events = new RecordedEvents();
    private final AtomicReference<Thread> thread = new AtomicReference<>();
    private Keeper keeper;

    @BeforeEach
    void open() {
        DeadGuards others = new DeadGuards(
                Optional.empty(),
                new Leftovers(new FakeTracker(), id -> Optional.empty()),
                execution -> false,
                execution -> Optional.empty(),
                clock);
        keeper = new Keeper("fragile", store, others, events, clock);
        keeper.start(() -> Snapshots.of(1, clock.instant(), ByteSize.ofMebibytes(500)), List::of, work -> {
            Thread made = new Thread(work);
            made.setDaemon(true);
            thread.set(made);
            return made;
        });
        assertThat(keeper.flush(PATIENCE)).isTrue();
    }

    @AfterEach
    void close() {
        store.gate.countDown();
        keeper.close();
        Eventually.until("the thread has ended", () -> !thread.get().isAlive());
    }

    private void note(int number) {
        keeper.publish(
                new GuardEvent.ExecutionNote(clock.instant(), new ExecutionId("some"), "a.ipynb", "note " + number));
    }

    @Test
    void aFlushReturnsWhenAllThatHasHappenedIsWritten() {
        for (int i = 0; i < 100; i++) {
            Standing standing = new Standing("a.ipynb", clock.instant());
            keeper.begin(standing.id, standing);
            standing.is(ExecutionState.COMPLETED);
            note(i);

            assertThat(keeper.flush(PATIENCE)).isTrue();
            assertThat(store.records(standing.id)).last().satisfies(record -> assertThat(record.state())
                    .isEqualTo(ExecutionState.COMPLETED));
            assertThat(store.written)
                    .filteredOn(HistoryEntry.OfEvent.class::isInstance)
                    .hasSize(i + 1);
        }
    }

    @Test
    void aFlushGivesUpWhileTheStoreIsDown() {
        store.failure = "connection refused";
        note(1);

        assertThat(keeper.flush(Duration.ofMillis(50))).isFalse();

        store.failure = null;
        assertThat(keeper.flush(PATIENCE)).isTrue();
    }

    @Test
    void aStoreThatDoesNotAnswerHoldsUpNobodyAndIsToldOfOnce() {
        int before = store.writes.get();
        CountDownLatch answer = store.hang();
        Standing standing = new Standing("a.ipynb", clock.instant()).is(ExecutionState.RUNNING);
        keeper.begin(standing.id, standing);
        Eventually.until("the store is asked", () -> store.writes.get() > before);

        for (int i = 0; i < 30_000; i++) {
            note(i);
        }
        clock.advance(Duration.ofSeconds(11));
        note(30_000);
        note(30_001);

        assertThat(events.of(GuardEvent.HistoryDegraded.class))
                .singleElement()
                .extracting(GuardEvent::message)
                .asString()
                .contains("has not answered for 10 s");
        assertThat(keeper.health().trouble()).isPresent();
        assertThat(keeper.health().waiting()).isGreaterThanOrEqualTo(10_000);

        standing.is(ExecutionState.COMPLETED);
        answer.countDown();
        assertThat(keeper.flush(PATIENCE)).isTrue();
        assertThat(store.records(standing.id)).last().satisfies(record -> assertThat(record.state())
                .isEqualTo(ExecutionState.COMPLETED));
        assertThat(events.of(GuardEvent.HistoryRestored.class)).hasSize(1);
        assertThat(events.of(GuardEvent.HistoryDegraded.class)).hasSize(1);
        assertThat(keeper.health().lost()).isGreaterThanOrEqualTo(10_000);
    }

    @Test
    void closingWritesWhatThereIsAndLetsGoOfTheStore() {
        Standing standing = new Standing("a.ipynb", clock.instant());
        keeper.begin(standing.id, standing);
        standing.is(ExecutionState.COMPLETED);
        note(1);

        keeper.close();

        assertThat(store.records(standing.id)).last().satisfies(record -> assertThat(record.state())
                .isEqualTo(ExecutionState.COMPLETED));
        assertThat(store.closed).isTrue();
        assertThat(thread.get().isAlive()).isFalse();
        assertThat(keeper.flush(PATIENCE)).isTrue();
    }

    @Test
    void closingDoesNotWaitForAStoreThatHangs() {
        int before = store.writes.get();
        store.hang();
        note(1);
        Eventually.until("the store is asked", () -> store.writes.get() > before);

        keeper.close();

        assertThat(thread.get().isAlive()).as("an interrupt has freed it").isFalse();
        assertThat(store.written).noneMatch(HistoryEntry.OfEvent.class::isInstance);
        assertThat(keeper.flush(PATIENCE)).isFalse();
    }

    @Test
    void closingLeavesAStoreBehindThatNotEvenAnInterruptFrees() {
        store.deaf = true;
        int before = store.writes.get();
        store.hang();
        note(1);
        Eventually.until("the store is asked", () -> store.writes.get() > before);

        keeper.close();

        assertThat(thread.get().isAlive()).isTrue();
        note(2);
        assertThat(keeper.flush(PATIENCE)).isFalse();
    }
}

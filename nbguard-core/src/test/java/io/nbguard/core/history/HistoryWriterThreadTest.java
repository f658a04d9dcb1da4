package io.nbguard.core.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.core.fixture.Eventually;
import io.nbguard.core.fixture.ExecutionStandIn;
import io.nbguard.core.fixture.FragileStore;
import io.nbguard.core.fixture.HastyClock;
import io.nbguard.core.fixture.NoRecovery;
import io.nbguard.core.fixture.RecordedEvents;
import io.nbguard.core.fixture.Snapshots;
import io.nbguard.core.recovery.DeadGuards;
import io.nbguard.spi.store.HistoryEntry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The keeper on its own thread, with stores that do not answer. */
@Tag("slow")
@Timeout(60)
class HistoryWriterThreadTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final HastyClock clock = new HastyClock();
    private final FragileStore store = new FragileStore();
    private final RecordedEvents events = new RecordedEvents();
    private final AtomicReference<Thread> thread = new AtomicReference<>();
    private HistoryWriter historyWriter;

    @BeforeEach
    void open() {
        DeadGuards others = NoRecovery.deadGuards(Optional.empty(), clock);
        historyWriter = new HistoryWriter("fragile", store, others, events, clock);
        historyWriter.start(() -> Snapshots.of(1, clock.instant(), ByteSize.ofMebibytes(500)), List::of, work -> {
            Thread made = new Thread(work);
            made.setDaemon(true);
            thread.set(made);
            return made;
        });
        assertThat(historyWriter.flush(TIMEOUT)).isTrue();
    }

    @AfterEach
    void close() {
        store.gate.countDown();
        historyWriter.close();
        Eventually.until("the thread has ended", () -> !thread.get().isAlive());
    }

    private void note(int number) {
        historyWriter.publish(
                new GuardEvent.ExecutionNote(clock.instant(), new ExecutionId("some"), "a.ipynb", "note " + number));
    }

    @Test
    void aFlushReturnsWhenAllThatHasHappenedIsWritten() {
        for (int i = 0; i < 100; i++) {
            ExecutionStandIn standIn = new ExecutionStandIn("a.ipynb", clock.instant());
            historyWriter.begin(standIn.id, standIn);
            standIn.is(ExecutionState.COMPLETED);
            note(i);

            assertThat(historyWriter.flush(TIMEOUT)).isTrue();
            assertThat(store.records(standIn.id)).last().satisfies(record -> assertThat(record.state())
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

        assertThat(historyWriter.flush(Duration.ofMillis(50))).isFalse();

        store.failure = null;
        assertThat(historyWriter.flush(TIMEOUT)).isTrue();
    }

    @Test
    void aStoreThatDoesNotAnswerDelaysNoCallerAndIsReportedOnce() {
        CountDownLatch answer = store.hang();
        ExecutionStandIn standIn = new ExecutionStandIn("a.ipynb", clock.instant()).is(ExecutionState.RUNNING);
        historyWriter.begin(standIn.id, standIn);
        Eventually.until("the store is asked", () -> store.hanging.get() > 0);

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
        assertThat(historyWriter.health().trouble()).isPresent();
        assertThat(historyWriter.health().waiting()).isGreaterThanOrEqualTo(10_000);

        standIn.is(ExecutionState.COMPLETED);
        answer.countDown();
        assertThat(historyWriter.flush(TIMEOUT)).isTrue();
        assertThat(store.records(standIn.id)).last().satisfies(record -> assertThat(record.state())
                .isEqualTo(ExecutionState.COMPLETED));
        assertThat(events.of(GuardEvent.HistoryRestored.class)).hasSize(1);
        assertThat(events.of(GuardEvent.HistoryDegraded.class)).hasSize(1);
        assertThat(historyWriter.health().lost()).isGreaterThanOrEqualTo(10_000);
    }

    @Test
    void closingWritesWhatThereIsAndLetsGoOfTheStore() {
        ExecutionStandIn standIn = new ExecutionStandIn("a.ipynb", clock.instant());
        historyWriter.begin(standIn.id, standIn);
        standIn.is(ExecutionState.COMPLETED);
        note(1);

        historyWriter.close();

        assertThat(store.records(standIn.id)).last().satisfies(record -> assertThat(record.state())
                .isEqualTo(ExecutionState.COMPLETED));
        assertThat(store.closed).isTrue();
        assertThat(thread.get().isAlive()).isFalse();
        assertThat(historyWriter.flush(TIMEOUT)).isTrue();
    }

    @Test
    void closingDoesNotWaitForAStoreThatHangs() {
        store.hang();
        note(1);
        Eventually.until("the store is asked", () -> store.hanging.get() > 0);

        historyWriter.close();

        Eventually.until("an interrupt has freed it", () -> !thread.get().isAlive());
        assertThat(store.written).noneMatch(HistoryEntry.OfEvent.class::isInstance);
        assertThat(historyWriter.flush(TIMEOUT)).isFalse();
    }

    @Test
    void closingLeavesAStoreBehindThatNotEvenAnInterruptFrees() {
        store.deaf = true;
        store.hang();
        note(1);
        Eventually.until("the store is asked", () -> store.hanging.get() > 0);

        historyWriter.close();

        assertThat(thread.get().isAlive()).isTrue();
        note(2);
        assertThat(historyWriter.flush(TIMEOUT)).isFalse();
    }
}

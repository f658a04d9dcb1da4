package io.nbguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.execution.ExecutionStatus;
import io.nbguard.api.history.HistoryPage;
import io.nbguard.api.history.HistoryQuery;
import io.nbguard.spi.store.HistoryEntry;
import io.nbguard.spi.store.StoredExecution;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What every history store that lasts keeps to with executions. */
abstract class ExecutionContract extends StoreContract {

    @Test
    void anExecutionComesBackWithAllItHas() throws Exception {
        for (long seed = 0; seed < 100; seed++) {
            StoredExecution sample = new Samples(seed).execution();
            write(new HistoryEntry.OfExecution(sample));

            assertThat(store.execution(sample.record().id()).map(Described::all))
                    .as("seed %d", seed)
                    .contains(Described.all(sample));
        }
    }

    @Test
    void anUnknownExecutionIsNotThere() throws Exception {
        assertThat(store.execution(new ExecutionId("unknown"))).isEmpty();
    }

    @Test
    void writingAnExecutionAgainReplacesIt() throws Exception {
        Executions made = new Executions();
        StoredExecution running = made.execution("a.ipynb", ExecutionState.RUNNING, NOON);
        StoredExecution ended = Executions.ended(running, ExecutionState.FAILED, NOON.plusSeconds(5));
        write(new HistoryEntry.OfExecution(running));
        assertThat(ids(store.unfinished())).containsExactly(running.record().id());

        // In one batch with an older state of itself, the last word counts.
        write(new HistoryEntry.OfExecution(running), new HistoryEntry.OfExecution(ended));

        assertThat(store.unfinished()).isEmpty();
        assertThat(store.executions(HistoryQuery.latest(10)).items()).containsExactly(ended.record());
    }

    @Test
    void whatHasNotEndedIsListedInTheOrderItCame() throws Exception {
        Executions made = new Executions();
        List<HistoryEntry> entries = new ArrayList<>();
        List<ExecutionId> open = new ArrayList<>();
        for (ExecutionState state : ExecutionState.values()) {
            StoredExecution execution = made.execution("a.ipynb", state, NOON.minusSeconds(entries.size()));
            entries.add(new HistoryEntry.OfExecution(execution));
            if (!state.isEnd()) {
                open.add(execution.record().id());
            }
        }
        store.write(entries);

        assertThat(ids(store.unfinished())).containsExactlyElementsOf(open);
    }

    @Test
    void pagesHoldEachExecutionOnceTheLatestFirst() throws Exception {
        Executions made = new Executions();
        List<HistoryEntry> entries = new ArrayList<>();
        List<ExecutionId> expected = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            // Five of each moment.
            StoredExecution execution = made.execution("a.ipynb", ExecutionState.RUNNING, NOON.plusNanos(i / 5));
            entries.add(new HistoryEntry.OfExecution(execution));
            expected.add(0, execution.record().id());
        }
        store.write(entries);

        assertThat(paged(7, store::executions).stream().map(ExecutionRecord::id))
                .containsExactlyElementsOf(expected);
    }

    @Test
    void whatComesMeanwhileShiftsNoPage() throws Exception {
        Executions made = new Executions();
        for (int i = 0; i < 4; i++) {
            write(new HistoryEntry.OfExecution(
                    made.execution("n" + i + ".ipynb", ExecutionState.RUNNING, NOON.plusSeconds(i))));
        }
        HistoryPage<ExecutionRecord> first = store.executions(HistoryQuery.latest(2));
        write(new HistoryEntry.OfExecution(made.execution("new.ipynb", ExecutionState.RUNNING, NOON.plusSeconds(9))));

        HistoryPage<ExecutionRecord> second =
                store.executions(HistoryQuery.latest(2).after(first.next().orElseThrow()));

        assertThat(first.items()).extracting(ExecutionRecord::notebook).containsExactly("n3.ipynb", "n2.ipynb");
        assertThat(second.items()).extracting(ExecutionRecord::notebook).containsExactly("n1.ipynb", "n0.ipynb");
        assertThat(second.next()).isEmpty();
    }

    @Test
    void executionsAreFoundByEachFilterAndAllTogether() throws Exception {
        Executions made = new Executions();
        StoredExecution first = made.execution("a.ipynb", ExecutionState.COMPLETED, NOON, "ada", "nightly");
        StoredExecution second =
                made.execution("a.ipynb", ExecutionState.KILLED, NOON.plusSeconds(1), "bob", "nightly");
        StoredExecution third = made.execution("b.ipynb", ExecutionState.RUNNING, NOON.plusSeconds(2), "ada", "hourly");
        StoredExecution fourth = made.execution("x".repeat(3_000), ExecutionState.LOST, NOON.plusSeconds(3));
        store.write(List.of(
                new HistoryEntry.OfExecution(first),
                new HistoryEntry.OfExecution(second),
                new HistoryEntry.OfExecution(third),
                new HistoryEntry.OfExecution(fourth)));
        HistoryQuery all = HistoryQuery.latest(10);

        assertThat(found(all.of("a.ipynb"))).containsExactly(second.record(), first.record());
        assertThat(found(all.of("x".repeat(3_000)))).containsExactly(fourth.record());
        assertThat(found(all.of("x".repeat(2_999)))).isEmpty();
        assertThat(found(all.with(ExecutionStatus.FAILED))).containsExactly(fourth.record(), second.record());
        assertThat(found(all.with(ExecutionStatus.COMPLETED))).containsExactly(first.record());
        assertThat(found(all.with(ExecutionStatus.RUNNING))).containsExactly(third.record());
        assertThat(found(all.ownedBy("ada"))).containsExactly(third.record(), first.record());
        assertThat(found(all.startedBy(new ScheduleId("nightly")))).containsExactly(second.record(), first.record());
        assertThat(found(all.between(Optional.of(NOON.plusSeconds(1)), Optional.of(NOON.plusSeconds(3)))))
                .containsExactly(third.record(), second.record());
        assertThat(found(all.between(Optional.of(NOON.plusNanos(1)), Optional.of(NOON.plusSeconds(1)))))
                .isEmpty();
        assertThat(found(all.between(Optional.of(Instant.MIN), Optional.of(Instant.MAX))))
                .hasSize(4);
        assertThat(found(all.of("a.ipynb")
                        .with(ExecutionStatus.FAILED)
                        .ownedBy("bob")
                        .startedBy(new ScheduleId("nightly"))
                        .between(Optional.of(NOON), Optional.empty())))
                .containsExactly(second.record());
    }

    @Test
    void aCursorOfAnotherListIsRefusedByName() throws Exception {
        write(new HistoryEntry.OfEvent(event(1, "one")), new HistoryEntry.OfEvent(event(2, "two")));
        String ofEvents = store.events(HistoryQuery.latest(1)).next().orElseThrow();

        for (String cursor : List.of(ofEvents, "", "nonsense", "ÿ", "MTIz", "'; DROP TABLE x")) {
            assertThatThrownBy(() -> store.executions(HistoryQuery.latest(1).after(cursor)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + cursor + "' is not a cursor of executions");
        }
        assertThat(store.events(HistoryQuery.latest(1).after(ofEvents)).items()).containsExactly(event(1, "one"));
    }

    @Test
    void whoReadsWhileOthersWriteSeesWholeBatches() throws Exception {
        AtomicBoolean writing = new AtomicBoolean(true);
        ExecutorService readers = Executors.newFixedThreadPool(6);
        try {
            List<Future<Integer>> looks = Collections.synchronizedList(new ArrayList<>());
            for (int i = 0; i < 6; i++) {
                looks.add(readers.submit(() -> {
                    int count = 0;
                    do {
                        assertThat(store.executions(HistoryQuery.latest(1_000))
                                                .items()
                                                .size()
                                        % 3)
                                .isZero();
                        count++;
                    } while (writing.get());
                    return count;
                }));
            }
            Executions made = new Executions();
            for (int batch = 0; batch < 100; batch++) {
                List<HistoryEntry> three = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    three.add(new HistoryEntry.OfExecution(
                            made.execution("a.ipynb", ExecutionState.COMPLETED, NOON.plusSeconds(batch))));
                }
                store.write(three);
            }
            writing.set(false);
            for (Future<Integer> look : looks) {
                assertThat(look.get()).isPositive();
            }
        } finally {
            writing.set(false);
            readers.shutdownNow();
        }
        assertThat(store.executions(HistoryQuery.latest(1_000)).items()).hasSize(300);
    }

    private List<ExecutionRecord> found(HistoryQuery query) throws IOException {
        return store.executions(query).items();
    }

    private static List<ExecutionId> ids(List<StoredExecution> executions) {
        return executions.stream().map(execution -> execution.record().id()).toList();
    }
}

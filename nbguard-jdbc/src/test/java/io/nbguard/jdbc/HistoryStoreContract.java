package io.nbguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.AuditRecord;
import io.nbguard.api.EventRecord;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.ExecutionRecord;
import io.nbguard.api.ExecutionState;
import io.nbguard.api.ExecutionStatus;
import io.nbguard.api.HistoryPage;
import io.nbguard.api.HistoryQuery;
import io.nbguard.api.Schedule;
import io.nbguard.api.ScheduleId;
import io.nbguard.spi.HistoryEntry;
import io.nbguard.spi.HistorySession;
import io.nbguard.spi.StoredExecution;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every history store keeps to that lasts: executions, schedules, events, audit. Usage: {@link UsageContract}. */
abstract class HistoryStoreContract {

    static final Instant NOON = Instant.parse("2026-03-01T12:00:00.123456789Z");

    HistorySession store;

    /** Opens the store of this test: the same one each time. */
    abstract HistorySession open() throws Exception;

    @BeforeEach
    void openTheStore() throws Exception {
        store = open();
    }

    @AfterEach
    void closeTheStore() {
        store.close();
    }

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
        assertThat(store.execution(new ExecutionId("nobody"))).isEmpty();
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
    void aScheduleComesBackWithAllItHas() throws Exception {
        List<Object> expected = new ArrayList<>();
        for (long seed = 0; seed < 50; seed++) {
            Schedule sample = new Samples(seed).schedule();
            expected.add(Described.all(sample));
            write(new HistoryEntry.OfSchedule(sample));
        }

        assertThat(store.schedules().stream().<Object>map(Described::all)).containsExactlyElementsOf(expected);
    }

    @Test
    void schedulesKeepTheOrderInWhichTheyWereAdded() throws Exception {
        Schedule first = new Samples(1).schedule();
        Schedule second = new Samples(2).schedule();
        write(new HistoryEntry.OfSchedule(first), new HistoryEntry.OfSchedule(second));
        write(new HistoryEntry.OfSchedule(first));
        assertThat(store.schedules()).extracting(Schedule::id).containsExactly(first.id(), second.id());

        write(new HistoryEntry.ScheduleRemoved(first.id()), new HistoryEntry.ScheduleRemoved(new ScheduleId("gone")));
        assertThat(store.schedules()).extracting(Schedule::id).containsExactly(second.id());

        write(new HistoryEntry.OfSchedule(first));
        assertThat(store.schedules()).extracting(Schedule::id).containsExactly(second.id(), first.id());

        write(new HistoryEntry.OfSchedule(second), new HistoryEntry.ScheduleRemoved(second.id()));
        assertThat(store.schedules()).extracting(Schedule::id).containsExactly(first.id());
    }

    @Test
    void eventsAreFoundByEachFilter() throws Exception {
        ExecutionId id = new ExecutionId("abc");
        EventRecord plain = new EventRecord(NOON, "GuardStarted", Optional.empty(), Optional.empty(), "hello");
        EventRecord kill = new EventRecord(
                NOON.plusNanos(1), "Terminated", Optional.of(id), Optional.of("hog.ipynb"), "OOM Prevention\nline two");
        EventRecord other = new EventRecord(
                NOON.plusSeconds(1), "StateChanged", Optional.of(id), Optional.of("y".repeat(5_000)), "日本語 𝄞");
        write(new HistoryEntry.OfEvent(plain), new HistoryEntry.OfEvent(kill), new HistoryEntry.OfEvent(other));
        HistoryQuery all = HistoryQuery.latest(10);

        assertThat(store.events(all).items()).containsExactly(other, kill, plain);
        assertThat(store.events(all.about(id)).items()).containsExactly(other, kill);
        assertThat(store.events(all.of("hog.ipynb")).items()).containsExactly(kill);
        assertThat(store.events(all.of("y".repeat(5_000))).items()).containsExactly(other);
        assertThat(store.events(all.typed("Terminated")).items()).containsExactly(kill);
        assertThat(store.events(all.between(Optional.of(NOON.plusNanos(1)), Optional.of(NOON.plusSeconds(1))))
                        .items())
                .containsExactly(kill);
    }

    @Test
    void eventsOfOneMomentKeepTheirOrderAcrossPages() throws Exception {
        List<HistoryEntry> entries = new ArrayList<>();
        List<EventRecord> expected = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            EventRecord event = new EventRecord(NOON, "Note", Optional.empty(), Optional.empty(), "number " + i);
            entries.add(new HistoryEntry.OfEvent(event));
            expected.add(0, event);
        }
        store.write(entries);

        assertThat(paged(3, store::events)).containsExactlyElementsOf(expected);
    }

    @Test
    void aNulCharacterDoesNotStopTheStore() throws Exception {
        write(new HistoryEntry.OfEvent(event(1, "before\0after")));

        assertThat(store.events(HistoryQuery.latest(1)).items())
                .extracting(EventRecord::message)
                .containsExactly("before\u2400after");
    }

    @Test
    void auditEntriesComeBackTheLatestFirst() throws Exception {
        AuditRecord first = new AuditRecord(NOON, "ada", "127.0.0.1", "execution.start", "a.ipynb", "accepted");
        AuditRecord second = new AuditRecord(
                NOON.plusSeconds(1), "bob", "::1", "execution.stop", "abc", "refused: no such execution");
        write(new HistoryEntry.OfAudit(first), new HistoryEntry.OfAudit(second));

        assertThat(store.audit(HistoryQuery.latest(5)).items()).containsExactly(second, first);
        assertThat(paged(1, store::audit)).containsExactly(second, first);
        assertThat(store.audit(HistoryQuery.latest(5).of("a.ipynb")).items()).containsExactly(first);
        assertThat(store.audit(HistoryQuery.latest(5).between(Optional.empty(), Optional.of(NOON.plusSeconds(1))))
                        .items())
                .containsExactly(first);
    }

    @Test
    void writingABatchAgainChangesNothing() throws Exception {
        List<HistoryEntry> batch = List.of(
                new HistoryEntry.OfExecution(new Executions().execution("a.ipynb", ExecutionState.RUNNING, NOON)),
                new HistoryEntry.OfEvent(event(1, "one")),
                new HistoryEntry.OfEvent(event(1, "another of the same moment")),
                new HistoryEntry.OfSchedule(new Samples(1).schedule()),
                new HistoryEntry.OfAudit(new AuditRecord(NOON, "ada", "here", "do", "it", "done")));
        store.write(batch);
        store.write(batch);

        assertThat(store.executions(HistoryQuery.latest(10)).items()).hasSize(1);
        assertThat(store.events(HistoryQuery.latest(10)).items()).hasSize(2);
        assertThat(store.schedules()).hasSize(1);
        assertThat(store.audit(HistoryQuery.latest(10)).items()).hasSize(1);
    }

    @Test
    void ofABatchThatCannotBeWrittenNothingIs() throws Exception {
        // Events come after executions, and this one has no message.
        EventRecord broken = new EventRecord(NOON, "Broken", Optional.empty(), Optional.empty(), null);
        assertThatThrownBy(() -> write(
                        new HistoryEntry.OfExecution(
                                new Executions().execution("a.ipynb", ExecutionState.RUNNING, NOON)),
                        new HistoryEntry.OfEvent(broken)))
                .isInstanceOf(RuntimeException.class);

        assertThat(store.executions(HistoryQuery.latest(10)).items()).isEmpty();
        write(new HistoryEntry.OfEvent(event(1, "and it goes on")));
        assertThat(store.events(HistoryQuery.latest(10)).items()).hasSize(1);
    }

    @Test
    void whatWasWrittenIsThereWhenItIsOpenedAgain() throws Exception {
        Schedule schedule = new Samples(3).schedule();
        StoredExecution execution = new Samples(4).execution();
        write(
                new HistoryEntry.OfExecution(execution),
                new HistoryEntry.OfSchedule(schedule),
                new HistoryEntry.OfEvent(event(1, "one")));
        store.close();
        store = open();

        assertThat(store.execution(execution.record().id()).map(Described::all)).contains(Described.all(execution));
        assertThat(store.schedules()).extracting(Schedule::id).containsExactly(schedule.id());
        assertThat(store.events(HistoryQuery.latest(10)).items()).hasSize(1);
    }

    @Test
    void aClosedStoreSaysSo() {
        store.close();
        store.close();

        assertThatThrownBy(() -> store.unfinished())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> write(new HistoryEntry.OfEvent(event(1, "late"))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("closed");
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

    void write(HistoryEntry... entries) throws IOException {
        store.write(List.of(entries));
    }

    private List<ExecutionRecord> found(HistoryQuery query) throws IOException {
        return store.executions(query).items();
    }

    private static List<ExecutionId> ids(List<StoredExecution> executions) {
        return executions.stream().map(execution -> execution.record().id()).toList();
    }

    static EventRecord event(long second, String message) {
        return new EventRecord(NOON.plusSeconds(second), "Note", Optional.empty(), Optional.empty(), message);
    }

    /** A list of the store. */
    interface Source<T> {
        HistoryPage<T> page(HistoryQuery query) throws IOException;
    }

    private static <T> List<T> paged(int limit, Source<T> source) throws IOException {
        List<T> all = new ArrayList<>();
        HistoryPage<T> page = source.page(HistoryQuery.latest(limit));
        all.addAll(page.items());
        while (page.next().isPresent()) {
            assertThat(page.items()).hasSize(limit);
            page = source.page(HistoryQuery.latest(limit).after(page.next().get()));
            all.addAll(page.items());
        }
        return all;
    }
}

package io.nbguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.event.EventRecord;
import io.nbguard.api.event.EventSeverity;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.history.AuditRecord;
import io.nbguard.api.history.HistoryQuery;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.spi.store.HistoryEntry;
import io.nbguard.spi.store.StoredExecution;
import io.nbguard.spi.store.StoredSchedule;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What every history store that lasts keeps to with schedules, events, audit and batches. Executions: {@link ExecutionContract}; usage:
 * {@link UsageContract}.
 */
abstract class HistoryStoreContract extends ExecutionContract {

    @Test
    void aScheduleComesBackWithAllItHas() throws Exception {
        List<Object> expected = new ArrayList<>();
        for (long seed = 0; seed < 50; seed++) {
            StoredSchedule sample = new Samples(seed).storedSchedule();
            expected.add(Described.all(sample));
            write(new HistoryEntry.OfSchedule(sample));
        }

        assertThat(store.schedules().stream().<Object>map(Described::all)).containsExactlyElementsOf(expected);
    }

    @Test
    void schedulesKeepTheOrderInWhichTheyWereAdded() throws Exception {
        StoredSchedule first = new Samples(1).storedSchedule();
        StoredSchedule second = new Samples(2).storedSchedule();
        write(new HistoryEntry.OfSchedule(first), new HistoryEntry.OfSchedule(second));
        write(new HistoryEntry.OfSchedule(first));
        assertThat(ids()).containsExactly(id(first), id(second));

        write(removal(first), new HistoryEntry.ScheduleRemoved(new ScheduleId("gone"), NOON, NOON));
        assertThat(ids()).containsExactly(id(second));

        write(new HistoryEntry.OfSchedule(first));
        assertThat(ids()).as("its removal is final").containsExactly(id(second));

        StoredSchedule anew = createdLater(first);
        write(new HistoryEntry.OfSchedule(anew));
        assertThat(ids()).containsExactly(id(second), id(first));

        write(removal(first));
        assertThat(ids()).as("what was removed was an earlier one").containsExactly(id(second), id(first));

        write(new HistoryEntry.OfSchedule(second), removal(second));
        assertThat(ids()).containsExactly(id(first));
    }

    private List<ScheduleId> ids() throws IOException {
        return store.schedules().stream().map(HistoryStoreContract::id).toList();
    }

    private static ScheduleId id(StoredSchedule stored) {
        return stored.schedule().id();
    }

    private static HistoryEntry.ScheduleRemoved removal(StoredSchedule stored) {
        return new HistoryEntry.ScheduleRemoved(id(stored), stored.schedule().createdAt(), NOON);
    }

    private static StoredSchedule createdLater(StoredSchedule stored) {
        Schedule old = stored.schedule();
        return new StoredSchedule(
                new Schedule(
                        old.id(),
                        old.spec(),
                        old.createdAt().plusNanos(1),
                        old.state(),
                        old.nextFireAt(),
                        old.lastFire(),
                        old.underWay(),
                        0,
                        0),
                stored.changedAt(),
                false);
    }

    @Test
    void eventsAreFoundByEachFilter() throws Exception {
        ExecutionId id = new ExecutionId("abc");
        EventRecord plain =
                new EventRecord(NOON, "GuardStarted", EventSeverity.INFO, Optional.empty(), Optional.empty(), "hello");
        EventRecord kill = new EventRecord(
                NOON.plusNanos(1),
                "Terminated",
                EventSeverity.CRITICAL,
                Optional.of(id),
                Optional.of("hog.ipynb"),
                "OOM Prevention\nline two");
        EventRecord other = new EventRecord(
                NOON.plusSeconds(1),
                "StateChanged",
                EventSeverity.WARNING,
                Optional.of(id),
                Optional.of("y".repeat(5_000)),
                "日本語 𝄞");
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
            EventRecord event = new EventRecord(
                    NOON, "Note", EventSeverity.INFO, Optional.empty(), Optional.empty(), "number " + i);
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
    void halfASurrogatePairDoesNotStopTheStore() throws Exception {
        write(new HistoryEntry.OfEvent(event(1, "half \ud800 pair")));

        assertThat(store.events(HistoryQuery.latest(1)).items())
                .extracting(EventRecord::message)
                .containsExactly("half ? pair");
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
                new HistoryEntry.OfSchedule(new Samples(1).storedSchedule()),
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
        EventRecord broken =
                new EventRecord(NOON, "Broken", EventSeverity.INFO, Optional.empty(), Optional.empty(), null);
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
        StoredSchedule schedule = new Samples(3).storedSchedule();
        StoredExecution execution = new Samples(4).execution();
        write(
                new HistoryEntry.OfExecution(execution),
                new HistoryEntry.OfSchedule(schedule),
                new HistoryEntry.OfEvent(event(1, "one")));
        store.close();
        store = open();

        assertThat(store.execution(execution.record().id()).map(Described::all)).contains(Described.all(execution));
        assertThat(ids()).containsExactly(id(schedule));
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
}

package io.nbguard.core.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardException;
import io.nbguard.api.event.EventRecord;
import io.nbguard.api.event.EventSeverity;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.execution.ExecutionStatus;
import io.nbguard.api.history.AuditRecord;
import io.nbguard.api.history.HistoryPage;
import io.nbguard.api.history.HistoryQuery;
import io.nbguard.api.history.UsagePoint;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.core.fixture.ExecutionStandIn;
import io.nbguard.spi.store.HistoryEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MemorySessionTest {

    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private final MemorySession session = new MemorySession();

    private ExecutionStandIn execution(int number, ExecutionState state) {
        ExecutionStandIn standIn = new ExecutionStandIn(
                        new ExecutionId("run-" + number),
                        number % 2 == 0 ? "even.ipynb" : "odd.ipynb",
                        BEGIN.plusSeconds(number))
                .is(state);
        write(standIn);
        return standIn;
    }

    private void write(ExecutionStandIn standIn) {
        session.write(List.of(new HistoryEntry.OfExecution(standIn.get())));
    }

    private void event(int number, String type) {
        session.write(List.of(new HistoryEntry.OfEvent(new EventRecord(
                BEGIN.plusSeconds(number),
                type,
                EventSeverity.INFO,
                Optional.of(new ExecutionId("run-" + number)),
                Optional.of("a.ipynb"),
                "event " + number))));
    }

    private List<String> ids(HistoryQuery query) {
        return session.executions(query).items().stream()
                .map(record -> record.id().value())
                .toList();
    }

    @Test
    void pagesFollowOneAnotherAndWhatComesMeanwhileMovesNone() {
        for (int i = 0; i < 10; i++) {
            execution(i, ExecutionState.COMPLETED);
        }
        HistoryPage<ExecutionRecord> first = session.executions(HistoryQuery.latest(4));
        execution(10, ExecutionState.QUEUED);
        HistoryPage<ExecutionRecord> second =
                session.executions(HistoryQuery.latest(4).after(first.next().orElseThrow()));
        HistoryPage<ExecutionRecord> third =
                session.executions(HistoryQuery.latest(4).after(second.next().orElseThrow()));

        List<String> all = new ArrayList<>();
        for (HistoryPage<ExecutionRecord> page : List.of(first, second, third)) {
            page.items().forEach(record -> all.add(record.id().value()));
        }
        assertThat(all)
                .containsExactly(
                        "run-9", "run-8", "run-7", "run-6", "run-5", "run-4", "run-3", "run-2", "run-1", "run-0");
        assertThat(third.next()).isEmpty();
    }

    @Test
    void aPageThatHoldsAllHasNoNext() {
        execution(1, ExecutionState.COMPLETED);

        assertThat(session.executions(HistoryQuery.latest(1)).next()).isEmpty();
    }

    @Test
    void executionsAreFiltered() {
        for (int i = 0; i < 6; i++) {
            execution(i, i < 4 ? ExecutionState.COMPLETED : ExecutionState.FAILED);
        }
        execution(6, ExecutionState.RUNNING);

        assertThat(ids(HistoryQuery.latest(9).of("odd.ipynb"))).containsExactly("run-5", "run-3", "run-1");
        assertThat(ids(HistoryQuery.latest(9).with(ExecutionStatus.FAILED))).containsExactly("run-5", "run-4");
        assertThat(ids(HistoryQuery.latest(9).with(ExecutionStatus.RUNNING))).containsExactly("run-6");
        assertThat(ids(HistoryQuery.latest(9).ownedBy("ada"))).hasSize(7);
        assertThat(ids(HistoryQuery.latest(9).ownedBy("bob"))).isEmpty();
        assertThat(ids(HistoryQuery.latest(9)
                        .between(Optional.of(BEGIN.plusSeconds(2)), Optional.of(BEGIN.plusSeconds(4)))))
                .as("not before, and before")
                .containsExactly("run-3", "run-2");
    }

    @Test
    void writingAnExecutionAgainReplacesWhatWasThere() {
        ExecutionStandIn standIn = execution(1, ExecutionState.RUNNING);
        assertThat(session.unfinished()).hasSize(1);

        write(standIn.is(ExecutionState.COMPLETED));

        assertThat(session.unfinished()).isEmpty();
        assertThat(ids(HistoryQuery.latest(9))).containsExactly("run-1");
        assertThat(session.execution(standIn.id).orElseThrow().record().state()).isEqualTo(ExecutionState.COMPLETED);
        assertThat(session.execution(new ExecutionId("unknown"))).isEmpty();
    }

    @Test
    void theOldestThatHaveEndedGoFirst() {
        execution(0, ExecutionState.RUNNING);
        for (int i = 1; i <= MemorySession.MOST; i++) {
            execution(i, ExecutionState.COMPLETED);
        }

        assertThat(session.execution(new ExecutionId("run-0"))).isPresent();
        assertThat(session.execution(new ExecutionId("run-1"))).isEmpty();
        assertThat(session.execution(new ExecutionId("run-2"))).isPresent();
    }

    @Test
    void eventsAreFilteredAndBounded() {
        for (int i = 0; i <= MemorySession.MOST; i++) {
            event(i, i % 100 == 0 ? "Terminated" : "ExecutionNote");
        }

        assertThat(session.events(HistoryQuery.latest(1)).items())
                .extracting(EventRecord::message)
                .containsExactly("event 10000");
        assertThat(session.events(HistoryQuery.latest(1000).typed("Terminated")).items())
                .as("the first has gone")
                .hasSize(100);
        assertThat(session.events(HistoryQuery.latest(5).about(new ExecutionId("run-77")))
                        .items())
                .extracting(EventRecord::message)
                .containsExactly("event 77");
        assertThat(session.events(HistoryQuery.latest(5).of("b.ipynb")).items()).isEmpty();
    }

    @Test
    void usageIsKeptOfTheLatestOnly() {
        for (int i = 0; i <= MemorySession.MOST_WITH_USAGE; i++) {
            session.write(List.of(new HistoryEntry.OfUsage(
                    Optional.of(new ExecutionId("run-" + i)), UsagePoint.reading(BEGIN, ByteSize.ofBytes(i), 1))));
        }

        Instant end = BEGIN.plusSeconds(10);
        assertThat(session.usage(Optional.of(new ExecutionId("run-0")), BEGIN, end, 10))
                .isEmpty();
        assertThat(session.usage(Optional.of(new ExecutionId("run-1")), BEGIN, end, 10))
                .hasSize(1);
        assertThat(session.usage(Optional.empty(), BEGIN, end, 10)).isEmpty();
    }

    @Test
    void aCursorOfAnotherListIsRefusedByName() {
        session.write(List.of(new HistoryEntry.OfAudit(
                new AuditRecord(BEGIN, "operator", "127.0.0.1", "execution.start", "a.ipynb", "accepted"))));
        for (String cursor : List.of("e3", "", "x", "x-1", "x9999999999999999999999", "'; drop table")) {
            assertThatThrownBy(() -> session.executions(HistoryQuery.latest(1).after(cursor)))
                    .isInstanceOfSatisfying(GuardException.class, refusal -> assertThat(refusal.code())
                            .isEqualTo(ErrorCode.INVALID_REQUEST))
                    .hasMessageContaining("'" + cursor + "'");
        }
        assertThat(session.audit(HistoryQuery.latest(1)).items()).hasSize(1);
    }
}

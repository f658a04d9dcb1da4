package io.nbguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.history.AuditRecord;
import io.nbguard.api.history.HistoryQuery;
import io.nbguard.api.history.UsagePoint;
import io.nbguard.api.history.UsagePoint.Figure;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.spi.store.HistoryEntry;
import io.nbguard.spi.store.HistorySession;
import io.nbguard.spi.store.StoredExecution;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What holds for usage over time, and for what is removed. */
abstract class UsageContract extends HistoryStoreContract {

    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final Optional<ExecutionId> NODE = Optional.empty();
    private static final Optional<ExecutionId> RUN = Optional.of(new ExecutionId("run-1"));

    abstract HistorySession open(Map<String, String> more) throws Exception;

    /** Returns how many rows a table has. */
    abstract long count(String table) throws Exception;

    @Test
    void pointsComeBackAsTheyWereReadTheOldestFirst() throws Exception {
        UsagePoint first = UsagePoint.reading(NOON, ByteSize.ofBytes(123), 0.25);
        UsagePoint second = new UsagePoint(
                NOON.plusNanos(1_000_000_001),
                Duration.ofMillis(999),
                Optional.of(new Figure<>(ByteSize.ofGibibytes(3), ByteSize.ofGibibytes(4))),
                Optional.of(new Figure<>(1.0 / 3, 2.5)));
        write(
                new HistoryEntry.OfUsage(RUN, second),
                new HistoryEntry.OfUsage(RUN, first),
                new HistoryEntry.OfUsage(NODE, first));

        assertThat(usage(RUN)).containsExactly(first, second);
        assertThat(usage(NODE)).containsExactly(first);
        assertThat(usage(Optional.of(new ExecutionId("unknown")))).isEmpty();
        assertThat(store.usage(RUN, NOON, second.at(), 10)).containsExactly(first);
        assertThat(store.usage(RUN, first.at().plusNanos(1), Instant.MAX, 10)).containsExactly(second);
    }

    @Test
    void aPointThatIsWrittenAgainReplacesItself() throws Exception {
        write(new HistoryEntry.OfUsage(RUN, UsagePoint.reading(NOON, ByteSize.ofBytes(1), 1)));
        write(new HistoryEntry.OfUsage(RUN, UsagePoint.reading(NOON, ByteSize.ofBytes(2), 2)));

        assertThat(usage(RUN)).containsExactly(UsagePoint.reading(NOON, ByteSize.ofBytes(2), 2));
    }

    @Test
    void numbersThatAreNoneDoNotStopTheStore() throws Exception {
        write(new HistoryEntry.OfUsage(
                RUN,
                new UsagePoint(
                        NOON,
                        Duration.ofSeconds(Long.MAX_VALUE),
                        Optional.of(new Figure<>(ByteSize.ofBytes(Long.MAX_VALUE), ByteSize.ofBytes(Long.MAX_VALUE))),
                        Optional.of(new Figure<>(Double.NaN, Double.POSITIVE_INFINITY)))));

        assertThat(usage(RUN)).singleElement().satisfies(point -> {
            assertThat(point.cores()).isEmpty();
            assertThat(point.cores().map(Figure::peak)).isEmpty();
            assertThat(point.memory().map(Figure::mean)).contains(ByteSize.ofBytes(1L << 60));
        });
    }

    @Test
    void whatIsNotKnownStaysUnknownAndCountsInNoMean() throws Exception {
        UsagePoint memoryOnly = UsagePoint.reading(NOON, Optional.of(ByteSize.ofBytes(10)), Optional.empty());
        UsagePoint coresOnly = UsagePoint.reading(NOON.plusSeconds(1), Optional.empty(), Optional.of(0.5));
        UsagePoint both = UsagePoint.reading(NOON.plusSeconds(2), ByteSize.ofBytes(20), 1.5);
        write(
                new HistoryEntry.OfUsage(RUN, memoryOnly),
                new HistoryEntry.OfUsage(RUN, coresOnly),
                new HistoryEntry.OfUsage(RUN, both),
                new HistoryEntry.OfUsage(NODE, memoryOnly));

        assertThat(usage(RUN)).containsExactly(memoryOnly, coresOnly, both);
        assertThat(usage(NODE)).containsExactly(memoryOnly);
        UsagePoint together = store.usage(RUN, Instant.MIN, Instant.MAX, 1).get(0);
        assertThat(together.memory().map(Figure::mean)).contains(ByteSize.ofBytes(15));
        assertThat(together.memory().map(Figure::peak)).contains(ByteSize.ofBytes(20));
        assertThat(together.cores().map(Figure::mean)).hasValue(1.0);
        assertThat(together.cores().map(Figure::peak)).hasValue(1.5);
        write(new HistoryEntry.OfUsage(
                NODE, UsagePoint.reading(NOON.plusSeconds(1), Optional.of(ByteSize.ofBytes(30)), Optional.empty())));
        UsagePoint alone = store.usage(NODE, Instant.MIN, Instant.MAX, 1).get(0);
        assertThat(alone.memory().map(Figure::mean)).contains(ByteSize.ofBytes(20));
        assertThat(alone.cores()).isEmpty();
        assertThat(alone.cores().map(Figure::peak)).isEmpty();
    }

    @Test
    void neighboursArePutTogetherWhereThereAreTooMany() throws Exception {
        seconds(RUN, START, 1_000);

        List<UsagePoint> ten = store.usage(RUN, Instant.MIN, Instant.MAX, 10);
        assertThat(ten).hasSize(10);
        assertThat(ten.get(0).at()).isEqualTo(START);
        assertThat(ten.get(0).span()).isEqualTo(Duration.ofSeconds(100));
        assertThat(ten.get(0).memory().map(Figure::mean).orElseThrow().bytes()).isEqualTo(Math.round(meanOf(0, 100)));
        assertThat(ten.get(9).memory().map(Figure::peak).orElseThrow().bytes()).isEqualTo(999);
        assertThat(ten.get(9).cores().map(Figure::peak)).hasValue(999.0);
        assertThat(store.usage(RUN, Instant.MIN, Instant.MAX, 1_000)).hasSize(1_000);
        for (int most = 1; most < 50; most++) {
            assertThat(store.usage(RUN, Instant.MIN, Instant.MAX, most)).hasSizeBetween(1, most);
        }
        assertThatThrownBy(() -> store.usage(RUN, Instant.MIN, Instant.MAX, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void usageIsThinnedOutAsItAges() throws Exception {
        seconds(RUN, START, 3_600);
        seconds(NODE, START, 600);

        store.maintain(START.plus(Duration.ofMinutes(90)));
        assertThat(usage(RUN)).hasSize(3_600);

        store.maintain(START.plus(Duration.ofMinutes(150)));
        assertThat(usage(RUN)).hasSize(1_800 / 10 + 1_800);
        assertThat(usage(NODE)).hasSize(60);
        assertThat(usage(RUN).get(0))
                .isEqualTo(new UsagePoint(
                        START,
                        Duration.ofSeconds(10),
                        Optional.of(new Figure<>(ByteSize.ofBytes(5), ByteSize.ofBytes(9))),
                        Optional.of(new Figure<>(4.5, (double) 9))));

        store.maintain(START.plus(Duration.ofDays(2)));
        assertThat(usage(RUN)).hasSize(60);
        store.maintain(START.plus(Duration.ofDays(8)));
        assertThat(usage(NODE)).hasSize(1);
        assertThat(usage(NODE).get(0).span()).isEqualTo(Duration.ofSeconds(600));
        assertThat(usage(NODE).get(0).memory().map(Figure::mean).orElseThrow().bytes())
                .isCloseTo(300, within(1L));
        assertThat(usage(NODE).get(0).cores().map(Figure::mean).orElseThrow()).isCloseTo(meanOf(0, 600), within(1e-9));
        assertThat(usage(NODE).get(0).memory().map(Figure::peak).orElseThrow().bytes())
                .isEqualTo(599);
        assertThat(usage(RUN)).as("an hour keeps its minutes").hasSize(60);
    }

    @Test
    void aShortExecutionKeepsItsPointsAndALateOneFindsItsPlace() throws Exception {
        seconds(RUN, START, 100);
        store.maintain(START.plus(Duration.ofDays(30)));
        assertThat(usage(RUN)).hasSize(100);

        // The store was away for long, and a guard catches up.
        seconds(NODE, START, 60);
        store.maintain(START.plus(Duration.ofDays(30)));
        seconds(NODE, START.plusSeconds(60), 60);
        store.maintain(START.plus(Duration.ofDays(30)));
        assertThat(usage(NODE)).hasSize(2);
        assertThat(usage(NODE).get(1).at()).isEqualTo(START.plusSeconds(60));
    }

    @Test
    void whatIsOlderThanIsKeptIsRemovedUnlessItHasNotEnded() throws Exception {
        Executions made = new Executions();
        StoredExecution old = made.execution("old.ipynb", ExecutionState.COMPLETED, START);
        StoredExecution endless = made.execution("endless.ipynb", ExecutionState.RUNNING, START);
        StoredExecution young = made.execution("young.ipynb", ExecutionState.FAILED, START.plus(Duration.ofDays(80)));
        write(
                new HistoryEntry.OfExecution(old),
                new HistoryEntry.OfExecution(endless),
                new HistoryEntry.OfExecution(young),
                new HistoryEntry.OfSchedule(new Samples(1).storedSchedule()),
                new HistoryEntry.OfEvent(event(0, "old")),
                new HistoryEntry.OfEvent(event(86_400 * 80, "young")),
                new HistoryEntry.OfAudit(new AuditRecord(START, "a", "b", "c", "d", "e")));
        seconds(Optional.of(old.record().id()), START, 100);
        seconds(NODE, START, 100);
        seconds(Optional.of(young.record().id()), START.plus(Duration.ofDays(80)), 100);

        store.maintain(START.plus(Duration.ofDays(91)));

        assertThat(store.executions(HistoryQuery.latest(9)).items())
                .extracting(ExecutionRecord::notebook)
                .containsExactly("young.ipynb", "endless.ipynb");
        assertThat(store.events(HistoryQuery.latest(9)).items()).hasSize(1);
        assertThat(store.audit(HistoryQuery.latest(9)).items()).isEmpty();
        assertThat(store.schedules()).hasSize(1);
        assertThat(count("usage")).isEqualTo(100);
    }

    @Test
    void ofTooManyExecutionsTheOldestAreRemovedWithTheirUsage() throws Exception {
        store.close();
        store = open(Map.of("history.most", "20", "history.keep", "P1000D"));
        Executions made = new Executions();
        List<HistoryEntry> entries = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            StoredExecution execution = made.execution(
                    "n" + i + ".ipynb",
                    i == 3 ? ExecutionState.RUNNING : ExecutionState.COMPLETED,
                    START.plusSeconds(i));
            entries.add(new HistoryEntry.OfExecution(execution));
            entries.add(new HistoryEntry.OfUsage(
                    Optional.of(execution.record().id()), UsagePoint.reading(START, ByteSize.ZERO, 0)));
            for (int event = 0; event < 10; event++) {
                entries.add(new HistoryEntry.OfEvent(event(i, "event " + event)));
            }
        }
        store.write(entries);

        store.maintain(START.plusSeconds(100));

        List<ExecutionRecord> left = store.executions(HistoryQuery.latest(99)).items();
        assertThat(left).hasSize(21);
        assertThat(left.get(0).notebook()).isEqualTo("n49.ipynb");
        assertThat(left.get(19).notebook()).isEqualTo("n30.ipynb");
        assertThat(left.get(20).notebook()).isEqualTo("n3.ipynb");
        assertThat(count("usage")).isEqualTo(21);
        assertThat(count("events")).isEqualTo(200);
    }

    /** Writes a point for each second: the number of the second, as bytes and as cores. */
    private void seconds(Optional<ExecutionId> whose, Instant start, int count) throws Exception {
        List<HistoryEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(new HistoryEntry.OfUsage(
                    whose,
                    new UsagePoint(
                            start.plusSeconds(i),
                            Duration.ofSeconds(1),
                            Optional.of(new Figure<>(ByteSize.ofBytes(i), ByteSize.ofBytes(i))),
                            Optional.of(new Figure<>((double) i, (double) i)))));
        }
        store.write(entries);
    }

    private static double meanOf(int first, int end) {
        return (first + end - 1) / 2.0;
    }

    private List<UsagePoint> usage(Optional<ExecutionId> whose) throws Exception {
        return store.usage(whose, Instant.MIN, Instant.MAX, 1_000_000);
    }
}

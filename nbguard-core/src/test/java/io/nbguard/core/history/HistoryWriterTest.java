package io.nbguard.core.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.history.AuditRecord;
import io.nbguard.api.history.UsagePoint.Figure;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.schedule.ScheduleSpec;
import io.nbguard.api.schedule.ScheduleState;
import io.nbguard.core.fixture.ExecutionStandIn;
import io.nbguard.core.fixture.FragileStore;
import io.nbguard.core.fixture.NoRecovery;
import io.nbguard.core.fixture.RecordedEvents;
import io.nbguard.core.fixture.Snapshots;
import io.nbguard.core.fixture.TwoClocks;
import io.nbguard.core.recovery.DeadGuards;
import io.nbguard.spi.store.HistoryEntry;
import io.nbguard.spi.store.StoredSchedule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The keeper in time that the test moves, without its thread. */
class HistoryWriterTest {

    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private final TwoClocks clock = new TwoClocks(BEGIN);
    private final FragileStore store = new FragileStore();
    private final RecordedEvents events = new RecordedEvents();
    private final List<StoredSchedule> schedules = new ArrayList<>();
    private final List<ExecutionId> measured = new ArrayList<>();
    private long tick = 1;
    private HistoryWriter historyWriter;

    @BeforeEach
    void open() {
        DeadGuards others = NoRecovery.deadGuards(Optional.empty(), clock);
        historyWriter = new HistoryWriter("fragile", store, others, events, clock);
        historyWriter.reads(
                () -> Snapshots.of(
                        tick, clock.instant(), ByteSize.ofMebibytes(500), measured.toArray(ExecutionId[]::new)),
                () -> List.copyOf(schedules));
        historyWriter.look();
    }

    private ExecutionStandIn begin(String notebook) {
        ExecutionStandIn standIn = new ExecutionStandIn(notebook, clock.instant());
        historyWriter.begin(standIn.id, standIn);
        return standIn;
    }

    private void pass(Duration time) {
        clock.advance(time.toNanos());
        tick++;
        historyWriter.look();
    }

    private void note(String text) {
        historyWriter.publish(new GuardEvent.ExecutionNote(clock.instant(), new ExecutionId("some"), "a.ipynb", text));
    }

    private List<ExecutionState> states(ExecutionStandIn standIn) {
        return store.records(standIn.id).stream().map(ExecutionRecord::state).toList();
    }

    private List<String> messages() {
        return store.written.stream()
                .filter(HistoryEntry.OfEvent.class::isInstance)
                .map(entry -> ((HistoryEntry.OfEvent) entry).event().message())
                .toList();
    }

    @Test
    void anExecutionIsWrittenAtItsSubmissionAndItsEndWithoutWaitingForTheSecond() {
        ExecutionStandIn standIn = begin("a.ipynb");
        historyWriter.look();
        standIn.is(ExecutionState.COMPLETED);
        historyWriter.publish(new GuardEvent.ExecutionChanged(
                clock.instant(),
                Optional.of(ExecutionState.RUNNING),
                standIn.get().record()));
        historyWriter.look();

        assertThat(states(standIn)).containsExactly(ExecutionState.QUEUED, ExecutionState.COMPLETED);
    }

    @Test
    void anEndWithoutAnEventIsNoticedWithinASecond() {
        ExecutionStandIn standIn = begin("a.ipynb");
        historyWriter.look();
        standIn.is(ExecutionState.FAILED);
        historyWriter.look();
        assertThat(states(standIn)).containsExactly(ExecutionState.QUEUED);

        pass(Duration.ofSeconds(1));

        assertThat(states(standIn)).containsExactly(ExecutionState.QUEUED, ExecutionState.FAILED);
    }

    @Test
    void progressIsWrittenOnceASecondAtMost() {
        ExecutionStandIn standIn = begin("a.ipynb").is(ExecutionState.RUNNING);
        historyWriter.look();
        for (int i = 1; i <= 50; i++) {
            standIn.cellsDone = i;
            historyWriter.publish(
                    new GuardEvent.ProgressMade(clock.instant(), standIn.id, "a.ipynb", Progress.of(i, 50)));
            pass(Duration.ofMillis(100));
        }

        assertThat(store.records(standIn.id)).hasSizeBetween(5, 7);
        assertThat(messages()).isEmpty();
    }

    @Test
    void usageIsReadOfEachTickOnceOfTheNodeAndOfWhatRuns() {
        measured.add(new ExecutionId("running"));
        historyWriter.look();
        pass(Duration.ofSeconds(1));
        clock.advance(Duration.ofSeconds(1).toNanos());
        historyWriter.look();

        List<HistoryEntry.OfUsage> usage = store.written.stream()
                .filter(HistoryEntry.OfUsage.class::isInstance)
                .map(HistoryEntry.OfUsage.class::cast)
                .toList();
        assertThat(usage)
                .extracting(HistoryEntry.OfUsage::execution)
                .containsExactly(Optional.empty(), Optional.empty(), Optional.of(new ExecutionId("running")));
        assertThat(usage.get(2).point().memory().map(Figure::mean)).contains(ByteSize.ofMebibytes(10));
        assertThat(usage.get(2).point().cores().map(Figure::mean)).hasValue(0.5);
        assertThat(usage.get(1).point().memory().map(Figure::mean)).contains(ByteSize.ofMebibytes(500));
    }

    @Test
    void eventsAndAuditEntriesAreWrittenInTheirOrder() {
        for (int i = 0; i < 3_000; i++) {
            note("note " + i);
        }
        AuditRecord asked = new AuditRecord(BEGIN, "operator", "127.0.0.1", "execution.stop", "some", "accepted");
        historyWriter.record(asked);
        historyWriter.look();

        assertThat(messages()).hasSize(3_000).startsWith("note 0", "note 1").endsWith("note 2998", "note 2999");
        assertThat(store.written).contains(new HistoryEntry.OfAudit(asked));
    }

    @Test
    void schedulesAreWrittenAsTheyAreChangedAndRemovedWhenTheyAreGone() {
        StoredSchedule schedule = schedule(0, BEGIN);
        schedules.add(schedule);
        pass(Duration.ofSeconds(1));
        pass(Duration.ofSeconds(1));
        schedules.set(0, schedule(1, BEGIN));
        pass(Duration.ofSeconds(1));
        schedules.set(0, schedule(1, BEGIN.plusSeconds(3)));
        pass(Duration.ofSeconds(1));
        schedules.clear();
        pass(Duration.ofSeconds(1));

        assertThat(store.written)
                .filteredOn(entry ->
                        entry instanceof HistoryEntry.OfSchedule || entry instanceof HistoryEntry.ScheduleRemoved)
                .as("its first fire was written with its claim")
                .containsExactly(
                        new HistoryEntry.OfSchedule(schedule),
                        new HistoryEntry.OfSchedule(schedule(1, BEGIN.plusSeconds(3))),
                        new HistoryEntry.ScheduleRemoved(new ScheduleId("nightly"), BEGIN, clock.instant()));
    }

    private static final ScheduleSpec SPEC =
            ScheduleSpec.cron("@daily", ExecutionRequest.of("a.ipynb").build()).build();

    private static StoredSchedule schedule(long started, Instant changedAt) {
        Schedule schedule = new Schedule(
                new ScheduleId("nightly"),
                SPEC,
                BEGIN,
                ScheduleState.ACTIVE,
                Optional.of(BEGIN.plusSeconds(3600)),
                Optional.empty(),
                List.of(),
                started,
                0);
        return new StoredSchedule(schedule, changedAt, false);
    }

    @Test
    void whileTheStoreIsDownNoExecutionIsLostAndWhatIsLostOfTheRestIsCounted() {
        store.failure = "connection refused";
        List<ExecutionStandIn> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            all.add(begin("a" + i + ".ipynb").is(ExecutionState.RUNNING));
            for (int j = 0; j < 60; j++) {
                note(i + "/" + j);
            }
            pass(Duration.ofSeconds(1));
            all.get(i).is(ExecutionState.COMPLETED);
        }
        pass(Duration.ofSeconds(1));

        assertThat(historyWriter.health().trouble()).contains("connection refused");
        assertThat(events.of(GuardEvent.HistoryDegraded.class)).hasSize(1);
        assertThat(events.of(GuardEvent.HistoryRestored.class)).isEmpty();
        assertThat(store.records(all.get(0).id)).isEmpty();

        store.failure = null;
        pass(Duration.ofSeconds(10));

        assertThat(historyWriter.health().trouble()).isEmpty();
        for (ExecutionStandIn standIn : all) {
            assertThat(states(standIn)).containsExactly(ExecutionState.COMPLETED);
        }
        // 200 × 60 notes and the event that it is down, of which 10,000 fit.
        assertThat(events.of(GuardEvent.HistoryRestored.class))
                .singleElement()
                .extracting(GuardEvent.HistoryRestored::lost)
                .isEqualTo(2_001L);
        assertThat(historyWriter.health().lost()).isEqualTo(2_001);
        assertThat(messages()).hasSize(10_000).startsWith("0/0");
        pass(Duration.ofSeconds(1));
        assertThat(messages()).last().asString().contains("again");
        assertThat(historyWriter.health().waiting()).isZero();
    }

    @Test
    void itIsTriedAgainAfterPausesThatGrowToTenSeconds() {
        store.failure = "no";
        note("waits");
        historyWriter.look();
        int before = store.writes.get();
        for (int i = 0; i < 600; i++) {
            pass(Duration.ofMillis(100));
        }

        // After 0.25, 0.5, 1, 2, 4, 8 and then every 10 seconds.
        assertThat(store.writes.get() - before).isBetween(8, 40);
        int later = store.writes.get();
        for (int i = 0; i < 1_000; i++) {
            pass(Duration.ofMillis(100));
        }
        assertThat(events.of(GuardEvent.HistoryDegraded.class)).hasSize(1);
        assertThat(store.writes.get() - later).isBetween(9, 110);
    }

    @Test
    void anEntryThatTheStoreCannotTakeDoesNotHoldUpTheRest() {
        store.indigestible = entry -> entry instanceof HistoryEntry.OfEvent told
                && told.event().message().equals("poison");
        ExecutionStandIn standIn = begin("a.ipynb");
        note("before");
        note("poison");
        note("after");
        for (int i = 0; i < 20; i++) {
            pass(Duration.ofSeconds(1));
        }

        assertThat(states(standIn)).contains(ExecutionState.QUEUED);
        assertThat(messages()).contains("before", "after").doesNotContain("poison");
        assertThat(historyWriter.health().trouble()).isEmpty();
        assertThat(historyWriter.health().lost()).isEqualTo(1);
    }

    @Test
    void whatAFullDiskHasNoRoomForIsNotGivenUpAndIsToldOnce() {
        store.tooLarge = entry -> entry instanceof HistoryEntry.OfEvent told
                && told.event().message().equals("large");
        note("before");
        note("large");
        note("after");
        for (int i = 0; i < 60; i++) {
            pass(Duration.ofSeconds(1));
        }
        assertThat(historyWriter.health().trouble()).contains("the disk is full");
        assertThat(events.of(GuardEvent.HistoryDegraded.class)).hasSize(1);

        store.tooLarge = entry -> false;
        for (int i = 0; i < 20; i++) {
            pass(Duration.ofSeconds(1));
        }

        assertThat(messages()).contains("before", "large", "after");
        assertThat(historyWriter.health().lost()).isZero();
        assertThat(historyWriter.health().trouble()).isEmpty();
    }

    @Test
    void theStoreIsMaintainedOnceAMinute() {
        for (int i = 0; i < 300; i++) {
            pass(Duration.ofSeconds(1));
        }

        assertThat(store.maintained).hasValueBetween(4, 5);
    }
}

package io.nbguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.schedule.FireOutcome;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.schedule.ScheduleFire;
import io.nbguard.api.schedule.ScheduleSpec;
import io.nbguard.api.schedule.ScheduleState;
import io.nbguard.spi.store.FireAnswer;
import io.nbguard.spi.store.FireClaim;
import io.nbguard.spi.store.FireStart;
import io.nbguard.spi.store.FireTakeover;
import io.nbguard.spi.store.HistoryEntry;
import io.nbguard.spi.store.HistorySession;
import io.nbguard.spi.store.StoredExecution;
import io.nbguard.spi.store.StoredSchedule;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every history store keeps to when guards that share it claim the fires of a schedule. */
abstract class ClaimContract extends StoreContract {

    static final ScheduleId NIGHTLY = new ScheduleId("nightly");
    private static final Duration STEP = Duration.ofMinutes(10);

    private final Executions executions = new Executions();
    private int claims;

    private static Instant due(int number) {
        return NOON.plus(STEP.multipliedBy(number));
    }

    /** A schedule that has acted on {@code actedOn} fires, all of which have started something. */
    static StoredSchedule schedule(int actedOn, Instant createdAt, Instant changedAt, ScheduleState state) {
        ScheduleSpec spec = ScheduleSpec.every(
                        STEP, ExecutionRequest.of("a.ipynb").build())
                .id(NIGHTLY.value())
                .build();
        Optional<ScheduleFire> last = actedOn == 0
                ? Optional.empty()
                : Optional.of(new ScheduleFire(
                        NIGHTLY,
                        FireOutcome.STARTED,
                        due(actedOn - 1),
                        due(actedOn - 1),
                        1,
                        due(actedOn - 1),
                        Optional.empty(),
                        Optional.empty()));
        return new StoredSchedule(
                new Schedule(NIGHTLY, spec, createdAt, state, Optional.of(due(actedOn)), last, List.of(), actedOn, 0),
                changedAt,
                false);
    }

    static StoredSchedule schedule(int actedOn) {
        return schedule(actedOn, NOON, NOON, ScheduleState.ACTIVE);
    }

    /** The claim of a fire by a guard that knows of all before it. */
    FireClaim claim(int number, StoredExecution... starts) {
        return claim(number, schedule(number + 1), due(number), starts);
    }

    private FireClaim claim(int number, StoredSchedule after, Instant at, StoredExecution... starts) {
        claims++;
        return new FireClaim(
                after,
                due(number),
                number,
                Stream.of(starts)
                        .map(start -> new FireStart(start, due(number)))
                        .toList(),
                Set.of(),
                0,
                Optional.of("guard " + claims),
                "token " + claims,
                at);
    }

    private StoredExecution execution(ExecutionState state) {
        return executions.execution("a.ipynb", state, NOON, "me", NIGHTLY.value());
    }

    private FireAnswer ask(FireClaim claim) throws IOException {
        return store.claim(claim);
    }

    private static void assertOvertaken(StoredSchedule by, FireAnswer answer) {
        assertThat(answer).isInstanceOfSatisfying(FireAnswer.Overtaken.class, overtaken -> {
            assertThat(Described.all(overtaken.schedule().schedule())).isEqualTo(Described.all(by.schedule()));
            assertThat(overtaken.schedule().changedAt()).isEqualTo(by.changedAt());
        });
    }

    private void assertUnfinished(StoredExecution one) throws IOException {
        assertThat(store.unfinished()).hasSize(1);
        assertThat(Described.all(store.unfinished().get(0))).isEqualTo(Described.all(one));
    }

    private Schedule kept() throws IOException {
        List<StoredSchedule> all = store.schedules();
        assertThat(all).hasSize(1);
        return all.get(0).schedule();
    }

    @Test
    void theFirstWhoClaimsAFireHasItWithItsExecutionAndItsSchedule() throws Exception {
        write(new HistoryEntry.OfSchedule(schedule(0)));
        StoredExecution started = execution(ExecutionState.QUEUED);

        assertThat(ask(claim(0, started))).isEqualTo(new FireAnswer.Claimed());

        assertUnfinished(started);
        assertThat(Described.all(kept())).isEqualTo(Described.all(schedule(1).schedule()));
    }

    @Test
    void whoComesLaterLearnsHowTheScheduleStandsAndWritesNothing() throws Exception {
        write(new HistoryEntry.OfSchedule(schedule(0)));
        StoredExecution started = execution(ExecutionState.COMPLETED);
        ask(claim(0, started));

        assertOvertaken(schedule(1), ask(claim(0, execution(ExecutionState.QUEUED))));
        assertThat(store.unfinished()).isEmpty();
        assertThat(ask(claim(1))).isEqualTo(new FireAnswer.Claimed());
        assertThat(kept().nextFireAt()).contains(due(2));
    }

    @Test
    void aFireOfAScheduleThatWasNotWrittenYetIsClaimedOnceToo() throws Exception {
        assertThat(ask(claim(0))).isEqualTo(new FireAnswer.Claimed());
        assertOvertaken(schedule(1), ask(claim(0)));

        write(new HistoryEntry.OfSchedule(schedule(0)));
        assertThat(Described.all(kept()))
                .as("what was acted on never goes back")
                .isEqualTo(Described.all(schedule(1).schedule()));
    }

    @Test
    void theSameClaimMadeAgainIsTheSameClaim() throws Exception {
        StoredExecution started = execution(ExecutionState.QUEUED);
        FireClaim claim = claim(0, started);

        assertThat(ask(claim)).isEqualTo(new FireAnswer.Claimed());
        assertThat(ask(claim)).isEqualTo(new FireAnswer.Claimed());
        assertUnfinished(started);
    }

    @Test
    void ofManyAtOnceOneHasTheFire() throws Exception {
        int many = 8;
        int fires = 20;
        ExecutorService threads = java.util.concurrent.Executors.newFixedThreadPool(many);
        List<HistorySession> sessions = new ArrayList<>();
        try {
            for (int i = 0; i < many; i++) {
                sessions.add(another());
            }
            for (int fire = 0; fire < fires; fire++) {
                int number = fire;
                CountDownLatch go = new CountDownLatch(1);
                List<Future<FireAnswer>> answers = new ArrayList<>();
                for (HistorySession session : sessions) {
                    FireClaim claim = claim(number, execution(ExecutionState.COMPLETED));
                    answers.add(threads.submit(() -> {
                        go.await();
                        return session.claim(claim);
                    }));
                }
                go.countDown();
                int claimed = 0;
                for (Future<FireAnswer> answer : answers) {
                    claimed += answer.get() instanceof FireAnswer.Claimed ? 1 : 0;
                }
                assertThat(claimed).as("fire %d", number).isEqualTo(1);
            }
            assertThat(kept().started()).isEqualTo(fires);
        } finally {
            threads.shutdownNow();
            for (HistorySession session : sessions) {
                if (session != store) {
                    session.close();
                }
            }
        }
    }

    /** Returns a session of another guard with the same store. */
    abstract HistorySession another() throws Exception;

    @Test
    void aScheduleThatWasRemovedIsNotFired() throws Exception {
        write(new HistoryEntry.OfSchedule(schedule(0)));
        write(new HistoryEntry.ScheduleRemoved(NIGHTLY, NOON, NOON.plusSeconds(1)));

        assertThat(ask(claim(0, execution(ExecutionState.QUEUED)))).isEqualTo(new FireAnswer.Removed());
        assertThat(store.unfinished()).isEmpty();
        assertThat(store.schedules()).isEmpty();

        StoredSchedule anew = schedule(1, NOON.plusSeconds(2), NOON.plusSeconds(2), ScheduleState.ACTIVE);
        assertThat(ask(claim(0, anew, NOON)))
                .as("one of the same id, added later")
                .isEqualTo(new FireAnswer.Claimed());
        assertThat(Described.all(kept())).isEqualTo(Described.all(anew.schedule()));
    }

    @Test
    void aScheduleThatWasMadeAnewIsNotFiredByAGuardThatKnowsTheOldOne() throws Exception {
        StoredSchedule anew = schedule(0, NOON.plusSeconds(2), NOON.plusSeconds(2), ScheduleState.ACTIVE);
        write(new HistoryEntry.OfSchedule(anew));

        assertOvertaken(anew, ask(claim(0)));
    }

    @Test
    void aScheduleThatAnotherGuardHasPausedIsNotFired() throws Exception {
        StoredSchedule paused = schedule(0, NOON, NOON.plusSeconds(1), ScheduleState.PAUSED);
        write(new HistoryEntry.OfSchedule(schedule(0)), new HistoryEntry.OfSchedule(paused));

        assertOvertaken(paused, ask(claim(0)));

        StoredSchedule resumed = schedule(1, NOON, NOON.plusSeconds(2), ScheduleState.ACTIVE);
        assertThat(ask(claim(0, resumed, NOON))).isEqualTo(new FireAnswer.Claimed());
        assertThat(kept().state()).isEqualTo(ScheduleState.ACTIVE);
    }

    @Test
    void anOlderChangeDoesNotUndoALaterOneWhateverComesFirst() throws Exception {
        StoredSchedule paused = schedule(0, NOON, NOON.plusSeconds(1), ScheduleState.PAUSED);
        write(new HistoryEntry.OfSchedule(paused));
        write(new HistoryEntry.OfSchedule(schedule(3)));

        assertThat(kept().state()).isEqualTo(ScheduleState.PAUSED);
        assertThat(kept().started()).isEqualTo(3);
        assertThat(kept().nextFireAt()).contains(due(3));
    }

    @Test
    void executionsOfOtherGuardsCountAmongThoseThatMayBeUnderWay() throws Exception {
        StoredExecution elsewhere = execution(ExecutionState.RUNNING);
        write(new HistoryEntry.OfExecution(elsewhere));

        assertThat(ask(claim(0, execution(ExecutionState.QUEUED)))).isEqualTo(new FireAnswer.Full(1));
        assertUnfinished(elsewhere);
        FireClaim knowing = claim(0, execution(ExecutionState.QUEUED));
        assertThat(ask(new FireClaim(
                        knowing.schedule(),
                        knowing.first(),
                        0,
                        knowing.starts(),
                        Set.of(elsewhere.record().id(), new ExecutionId("other")),
                        0,
                        knowing.guard(),
                        knowing.token(),
                        knowing.at())))
                .as("the guard that has started it knows that it has ended")
                .isEqualTo(new FireAnswer.Claimed());
    }

    @Test
    void whatStartsNothingIsClaimedWhateverIsUnderWay() throws Exception {
        write(new HistoryEntry.OfExecution(execution(ExecutionState.RUNNING)));

        assertThat(ask(claim(0))).isEqualTo(new FireAnswer.Claimed());
    }

    private FireTakeover takeover(StoredExecution of, Optional<StoredExecution> successor) {
        return new FireTakeover(
                Executions.ended(of, ExecutionState.LOST, NOON),
                List.of(),
                successor.map(by -> new FireStart(by, due(0))));
    }

    @Test
    void whatIsClaimedIsNotLaunchedUntilThatIsSaid() throws Exception {
        StoredExecution started = execution(ExecutionState.QUEUED);
        ask(claim(0, started));
        // Its guard writes how it stands, as of any other.
        write(new HistoryEntry.OfExecution(started));

        assertThat(store.notLaunched()).singleElement().satisfies(start -> {
            assertThat(Described.all(start.execution())).isEqualTo(Described.all(started));
            assertThat(start.dueAt()).isEqualTo(due(0));
        });
        assertThat(store.launching(started.record().id())).isTrue();
        assertThat(store.launching(started.record().id())).as("asked again").isTrue();
        assertThat(store.notLaunched()).isEmpty();
    }

    @Test
    void whatWasLaunchedIsNotTakenOver() throws Exception {
        StoredExecution started = execution(ExecutionState.QUEUED);
        ask(claim(0, started));
        store.launching(started.record().id());

        assertThat(store.takeOver(takeover(started, Optional.of(execution(ExecutionState.QUEUED)))))
                .isFalse();
        assertUnfinished(started);
    }

    @Test
    void whatWasTakenOverIsNotLaunchedByItsFirstGuardAndIsByTheOther() throws Exception {
        StoredExecution started = execution(ExecutionState.QUEUED);
        StoredExecution successor = execution(ExecutionState.QUEUED);
        ask(claim(0, started));
        FireTakeover takeover = takeover(started, Optional.of(successor));

        assertThat(store.takeOver(takeover)).isTrue();
        assertThat(store.takeOver(takeover)).as("asked again").isTrue();
        assertThat(store.takeOver(takeover(started, Optional.of(execution(ExecutionState.QUEUED)))))
                .as("asked by a third")
                .isFalse();

        assertUnfinished(successor);
        assertThat(store.launching(started.record().id())).isFalse();
        // Should it live after all, it writes how its execution stands.
        write(new HistoryEntry.OfExecution(started));
        assertThat(store.launching(started.record().id())).isFalse();
        assertThat(store.notLaunched())
                .extracting(start -> start.execution().record().id())
                .containsExactly(successor.record().id());
        assertThat(store.launching(successor.record().id())).isTrue();
    }

    @Test
    void whatHasEndedIsNotTakenOver() throws Exception {
        StoredExecution started = execution(ExecutionState.QUEUED);
        ask(claim(0, started));
        write(new HistoryEntry.OfExecution(Executions.ended(started, ExecutionState.KILLED, NOON)));

        assertThat(store.notLaunched()).isEmpty();
        assertThat(store.takeOver(takeover(started, Optional.empty()))).isFalse();
    }

    @Test
    void whatNoFireHasStartedIsNotGivenAPermit() throws Exception {
        StoredExecution other = execution(ExecutionState.QUEUED);
        write(new HistoryEntry.OfExecution(other));

        assertThat(store.launching(other.record().id())).isFalse();
        assertThat(store.notLaunched()).isEmpty();
    }

    @Test
    void ofALaunchAndATakeoverAtOnceOneSucceeds() throws Exception {
        ExecutorService threads = java.util.concurrent.Executors.newFixedThreadPool(2);
        try (HistorySession other = another()) {
            for (int number = 0; number < 50; number++) {
                StoredExecution started = execution(ExecutionState.QUEUED);
                ask(claim(number, started));
                FireTakeover takeover = takeover(started, Optional.of(execution(ExecutionState.QUEUED)));
                CountDownLatch go = new CountDownLatch(1);
                Future<Boolean> launch = threads.submit(() -> {
                    go.await();
                    return store.launching(started.record().id());
                });
                Future<Boolean> take = threads.submit(() -> {
                    go.await();
                    return other.takeOver(takeover);
                });
                go.countDown();
                assertThat(List.of(launch.get(), take.get()))
                        .as("launched, taken over: %d", number)
                        .containsExactlyInAnyOrder(true, false);
                for (StoredExecution left : store.unfinished()) {
                    write(new HistoryEntry.OfExecution(Executions.ended(left, ExecutionState.COMPLETED, NOON)));
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void whatIsReassignedChangesItsGuardAndNothingElse() throws Exception {
        StoredExecution running = execution(ExecutionState.RUNNING);
        write(new HistoryEntry.OfExecution(running));
        ExecutionId id = running.record().id();

        assertThat(store.reassign(id, "another", "first"))
                .as("it is not another's")
                .isFalse();
        assertThat(store.reassign(id, "me", "first")).isTrue();
        assertThat(store.reassign(id, "me", "first")).as("asked again").isTrue();
        assertThat(store.reassign(id, "me", "second")).as("it is the first's").isFalse();
        assertUnfinished(
                new StoredExecution(running.record(), running.request(), Optional.of("first"), running.handle()));
        assertThat(store.reassign(id, "first", "second")).isTrue();
    }

    @Test
    void whatHasEndedOrIsNotKnownIsNotReassigned() throws Exception {
        StoredExecution running = execution(ExecutionState.RUNNING);
        ExecutionId id = running.record().id();
        assertThat(store.reassign(id, "me", "other")).isFalse();
        StoredExecution ended = Executions.ended(running, ExecutionState.COMPLETED, NOON);
        write(new HistoryEntry.OfExecution(ended));

        assertThat(store.reassign(id, "me", "other")).isFalse();
        assertThat(store.execution(id).orElseThrow().guard()).contains("me");
    }

    @Test
    void ofGuardsThatTakeFromTheSameGuardAtOnceOneSucceeds() throws Exception {
        ExecutorService threads = java.util.concurrent.Executors.newFixedThreadPool(2);
        try (HistorySession other = another()) {
            for (int number = 0; number < 50; number++) {
                StoredExecution running = execution(ExecutionState.RUNNING);
                ExecutionId id = running.record().id();
                write(new HistoryEntry.OfExecution(running));
                CountDownLatch go = new CountDownLatch(1);
                Future<Boolean> one = threads.submit(() -> {
                    go.await();
                    return store.reassign(id, "me", "one");
                });
                Future<Boolean> two = threads.submit(() -> {
                    go.await();
                    return other.reassign(id, "me", "two");
                });
                go.countDown();
                assertThat(List.of(one.get(), two.get()))
                        .as("one, two: %d", number)
                        .containsExactlyInAnyOrder(true, false);
                assertThat(store.execution(id).orElseThrow().guard()).contains(one.get() ? "one" : "two");
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aGuardThatIsBehindLearnsSoEvenWhenTheClaimIsForgotten() throws Exception {
        write(new HistoryEntry.OfSchedule(schedule(500)));

        assertOvertaken(schedule(500), ask(claim(3)));
    }

    @Test
    void aClaimFromAClockThatWasWrongByDaysCountsForNothing() throws Exception {
        FireClaim wrong = claim(0, schedule(1), NOON.plus(Duration.ofDays(2)));
        ask(wrong);
        FireClaim again = claim(0, schedule(2), NOON);

        assertThat(ask(new FireClaim(
                        again.schedule(),
                        again.first(),
                        1,
                        List.of(),
                        Set.of(),
                        0,
                        again.guard(),
                        again.token(),
                        again.at())))
                .isEqualTo(new FireAnswer.Claimed());
    }

    @Test
    void claimsThatCannotBeRepeatedAreForgotten() throws Exception {
        for (int number = 0; number < 400; number++) {
            ask(claim(number));
        }

        assertThat(claimsKept()).isLessThan(200);
    }

    /** Returns how many claims the store has. */
    abstract long claimsKept() throws Exception;
}

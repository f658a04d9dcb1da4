package io.nbguard.core.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ScheduleId;
import io.nbguard.api.event.EventRecord;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.history.HistoryQuery;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.schedule.ScheduleSpec;
import io.nbguard.api.schedule.ScheduleState;
import io.nbguard.core.event.PluginFaults;
import io.nbguard.core.fixture.Eventually;
import io.nbguard.core.fixture.FragileStore;
import io.nbguard.core.fixture.HastyClock;
import io.nbguard.core.fixture.NoRecovery;
import io.nbguard.core.fixture.PlannedExecution;
import io.nbguard.core.fixture.RecordedEvents;
import io.nbguard.core.recovery.DeadGuards;
import io.nbguard.core.schedule.FireClaims;
import io.nbguard.core.schedule.FireSuccessors;
import io.nbguard.core.workspace.FolderOwner;
import io.nbguard.spi.store.FireAnswer;
import io.nbguard.spi.store.StoredSchedule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How the fires of one guard are claimed while its store fails, hangs, or loses its answers, and while the guard is closed. */
@Timeout(120)
class StoreClaimsTest {

    private final FragileStore store = new FragileStore();
    private final HastyClock clock = new HastyClock();
    private final RecordedEvents events = new RecordedEvents();
    private final FolderOwner self = FolderOwner.current().orElseThrow();
    private final DeadGuards others = NoRecovery.deadGuards(Optional.of(self), clock);
    private final Thread[] threads = new Thread[1];
    private final StoreClaims claims = new StoreClaims(
            "fragile",
            store,
            true,
            Optional.of(self.toText()),
            new StoreClaims.Care() {
                @Override
                public void look() throws IOException {
                    others.look(store, id -> false);
                }

                @Override
                public void lookAtFires() {}
            },
            new PluginFaults(events, clock),
            clock,
            work -> {
                threads[0] = new Thread(work);
                return threads[0];
            });

    @AfterEach
    void closeAndFindNoThread() throws Exception {
        store.gate.countDown();
        claims.close();
        Eventually.until("the thread has ended", () -> !threads[0].isAlive());
    }

    private final class Claim implements FireClaims.Answer {

        final ScheduleId schedule;
        final CompletableFuture<FireAnswer> answer = new CompletableFuture<>();
        final CompletableFuture<String> missing = new CompletableFuture<>();
        final PlannedExecution execution;
        final FireClaims.Start start;

        /** Claims a fire that is due now, of a schedule of its own, with an hour of grace. */
        Claim(String name) {
            schedule = new ScheduleId(name);
            Instant now = clock.instant();
            execution = new PlannedExecution(schedule, now);
            start = new FireClaims.Start(execution, now);
            ScheduleSpec spec = ScheduleSpec.every(
                            Duration.ofMinutes(10),
                            ExecutionRequest.of("a.ipynb").build())
                    .id(name)
                    .misfireGrace(Duration.ofHours(1))
                    .build();
            StoredSchedule after = new StoredSchedule(
                    new Schedule(
                            schedule,
                            spec,
                            now,
                            ScheduleState.ACTIVE,
                            Optional.of(now.plusSeconds(600)),
                            Optional.empty(),
                            List.of(),
                            1,
                            0),
                    now,
                    false);
            claims.claim(new FireClaims.Wanted(after, now, 0, List.of(start), Set.of(), 0, spec.lateAfter(now)), this);
        }

        @Override
        public void is(FireAnswer found) {
            answer.complete(found);
        }

        @Override
        public void isMissing(String reason) {
            missing.complete(reason);
        }
    }

    private static <T> T soon(CompletableFuture<T> awaited) throws Exception {
        return awaited.get(60, TimeUnit.SECONDS);
    }

    private boolean isNothingUnfinished() {
        try {
            return store.unfinished().isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Optional<ExecutionRecord> kept(Claim claim) throws IOException {
        return store.execution(claim.execution.id()).map(stored -> stored.record());
    }

    @Test
    void aClaimThatCannotBeAnsweredHoldsUpNeitherAnotherNorALaunch() throws Exception {
        store.refusedClaims = claim -> claim.schedule().schedule().id().value().equals("stuck");
        Claim launching = new Claim("launching");
        assertThat(soon(launching.answer)).isEqualTo(new FireAnswer.Claimed());
        Claim stuck = new Claim("stuck");
        Eventually.until("it was asked", () -> store.claimsUnanswered.get() > 0);

        Claim other = new Claim("other");

        assertThat(soon(other.answer)).isEqualTo(new FireAnswer.Claimed());
        assertThat(soon(claims.permit(clock.instant().plusSeconds(3600)).ask(launching.execution.id())))
                .isEmpty();
        assertThat(stuck.answer).isNotDone();
        store.refusedClaims = claim -> false;
        assertThat(soon(stuck.answer)).isEqualTo(new FireAnswer.Claimed());
    }

    @Test
    void aClaimAtWhichTheStoreThrowsAnErrorIsMadeAgain() throws Exception {
        store.refusedClaims = claim -> {
            if (store.claimsAsked.get() == 1) {
                throw new StackOverflowError("on purpose");
            }
            return false;
        };

        assertThat(soon(new Claim("unlucky").answer)).isEqualTo(new FireAnswer.Claimed());

        assertThat(events.of(PluginMisbehaved.class)).singleElement().satisfies(told -> assertThat(told.fault())
                .isEqualTo(Fault.THREW));
    }

    @Test
    void aStoreThatFailsAtOnceIsNotToldToBeSlow() {
        store.refusedClaims = claim -> true;
        Claim stuck = new Claim("stuck");
        for (int asked = 1; asked < 4; asked++) {
            int times = asked;
            // Not while the question is under way: that would be slow once the clock is put forward.
            Eventually.until(
                    "it was asked again, and has answered",
                    () -> store.claimsUnanswered.get() >= times && threads[0].getState() == Thread.State.TIMED_WAITING);
            clock.advance(Duration.ofSeconds(30));
            claims.tellSilence();
        }

        assertThat(events.of(PluginMisbehaved.class)).isEmpty();
        assertThat(stuck.answer).isNotDone();
    }

    @Test
    void aStoreThatHangsIsToldToBeSlow() {
        CountDownLatch hanging = store.hang();
        Claim claim = new Claim("hanging");

        Eventually.until("it is told", () -> {
            clock.advance(Duration.ofSeconds(1));
            claims.tellSilence();
            return !events.of(PluginMisbehaved.class).isEmpty();
        });

        assertThat(events.of(PluginMisbehaved.class)).singleElement().satisfies(told -> assertThat(told.fault())
                .isEqualTo(Fault.TOO_SLOW));
        hanging.countDown();
        assertThat(claim.answer).succeedsWithin(Duration.ofSeconds(60));
    }

    @Test
    void aClaimWhoseAnswerWasLostAndThatExpiresLeavesNothingToStart() throws Exception {
        store.lostAnswers = claim -> true;
        Claim claim = new Claim("lost");
        Eventually.until("it was asked", () -> store.claimsUnanswered.get() > 0);
        assertThat(kept(claim))
                .hasValueSatisfying(record -> assertThat(record.state()).isEqualTo(ExecutionState.QUEUED));

        clock.advance(Duration.ofHours(2));

        assertThat(soon(claim.missing)).contains("connection reset");
        Eventually.until("it has ended", this::isNothingUnfinished);
        assertThat(store.notLaunched()).isEmpty();
        assertThat(kept(claim)).hasValueSatisfying(record -> {
            assertThat(record.state()).isEqualTo(ExecutionState.LOST);
            assertThat(record.lifecycle().message().orElse("")).contains("never launched", "connection reset");
        });
        assertThat(store.events(HistoryQuery.latest(10)).items())
                .extracting(EventRecord::type)
                .contains("ScheduleSkipped", "ExecutionChanged");
    }

    @Test
    void aClaimThatTheStoreNeverGotLeavesNothingInIt() throws Exception {
        store.refusedClaims = claim -> true;
        Claim claim = new Claim("refused");
        Eventually.until("it was asked", () -> store.claimsUnanswered.get() > 0);

        clock.advance(Duration.ofHours(2));

        assertThat(soon(claim.missing)).contains("connection refused");
        claims.close();
        assertThat(kept(claim)).isEmpty();
        assertThat(store.events(HistoryQuery.latest(10)).items()).isEmpty();
    }

    @Test
    void aGuardThatIsBeingClosedClaimsNothing() throws Exception {
        claims.refuseMore();

        Claim claim = new Claim("late");

        assertThat(soon(claim.missing)).contains("being closed");
        assertThat(kept(claim)).isEmpty();
        assertThat(store.schedules()).isEmpty();
    }

    @Test
    void whatWasClaimedBeforeTheGuardIsClosedMayStillBeLaunched() throws Exception {
        Claim claim = new Claim("early");
        soon(claim.answer);
        claims.refuseMore();

        assertThat(soon(claims.permit(clock.instant().plusSeconds(60)).ask(claim.execution.id())))
                .isEmpty();
    }

    /** Another guard, which takes over what it may. */
    private List<Instant> takenOverByAnother() throws IOException {
        List<Instant> taken = new ArrayList<>();
        others.lookAtFires(
                store,
                (schedule, dueAt) -> Optional.of(new FireSuccessors.Successor() {
                    private final PlannedExecution execution = new PlannedExecution(schedule, dueAt);

                    @Override
                    public Execution execution() {
                        return execution;
                    }

                    @Override
                    public void start() {
                        taken.add(dueAt);
                    }
                }));
        return taken;
    }

    @Test
    void aClaimThatIsAnsweredWhileTheGuardIsBeingClosedIsGivenBackToOthersAtOnce() throws Exception {
        CountDownLatch hanging = store.hang();
        Claim claim = new Claim("under-way");
        Eventually.until("it is asked", () -> store.claimsAsked.get() > 0);
        claims.refuseMore();
        hanging.countDown();

        assertThat(soon(claim.missing)).contains("being closed");
        claims.close();
        // This process, the guard's, lives on.
        assertThat(takenOverByAnother()).containsExactly(claim.start.dueAt());
        assertThat(kept(claim)).hasValueSatisfying(record -> {
            assertThat(record.state()).isEqualTo(ExecutionState.LOST);
            assertThat(record.lifecycle().message().orElse("")).contains("was closed before", "given to another guard");
        });
    }

    @Test
    void aClaimWhoseAnswerWasLostIsGivenBackWhenTheGuardIsClosed() throws Exception {
        store.lostAnswers = claim -> true;
        Claim claim = new Claim("lost");
        Eventually.until("it was asked", () -> store.claimsUnanswered.get() > 0);

        claims.refuseMore();

        assertThat(soon(claim.missing)).contains("connection reset");
        claims.close();
        assertThat(takenOverByAnother()).containsExactly(claim.start.dueAt());
    }

    @Test
    void whatCouldNotBeStartedIsNotStartedByAnyOther() throws Exception {
        Claim claim = new Claim("unstartable");
        soon(claim.answer);

        claims.giveUp(List.of(claim.start), "no heap");

        Eventually.until("it has ended", this::isNothingUnfinished);
        assertThat(kept(claim))
                .hasValueSatisfying(record ->
                        assertThat(record.lifecycle().message().orElse("")).contains("never launched", "no heap"));
        assertThat(takenOverByAnother()).isEmpty();
    }
}

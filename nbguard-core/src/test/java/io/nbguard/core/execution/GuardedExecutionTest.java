package io.nbguard.core.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardClock;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.execution.StopMode;
import io.nbguard.core.executor.Extensions;
import io.nbguard.core.executor.OpenExecutor;
import io.nbguard.core.fixture.Eventually;
import io.nbguard.core.fixture.FakeGroup;
import io.nbguard.core.fixture.RecordedEvents;
import io.nbguard.core.fixture.Scenarios;
import io.nbguard.core.fixture.ScriptedExecutor;
import io.nbguard.spi.executor.ExecutorCapabilities;
import io.nbguard.spi.executor.ExitReport;
import java.lang.Thread.State;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GuardedExecutionTest {

    private final RecordedEvents events = new RecordedEvents();

    @Test
    void underRacesTheStatesAreReportedInTheirOrderAndThereIsOneEnd() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 500; round++) {
                GuardedExecution execution = running();
                CyclicBarrier together = new CyclicBarrier(4);
                List<Future<?>> racers = new ArrayList<>();
                racers.add(threads.submit(() -> {
                    together.await();
                    return new UserExecution(execution).stop(StopMode.GRACEFUL);
                }));
                racers.add(threads.submit(() -> {
                    together.await();
                    return watched(execution).condemn(Scenarios.of(execution.id()));
                }));
                racers.add(threads.submit(() -> {
                    together.await();
                    return new UserExecution(execution).stop(StopMode.IMMEDIATE);
                }));
                racers.add(threads.submit(() -> {
                    together.await();
                    execution.exited();
                    execution.ended(Verdict.judge(execution.lifecycle().cause(), exit(1), true, KernelToll.NONE));
                    execution.complete();
                    return null;
                }));
                for (Future<?> racer : racers) {
                    racer.get();
                }
                assertLegalHistory(execution);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void itsEndIsToldBeforeItsCompletionThoughAnotherThreadIsTelling() throws Exception {
        CountDownLatch telling = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        GuardedExecution execution = new GuardedExecution(
                ExecutionId.random(),
                ExecutionRequest.of("n.ipynb").build(),
                OPEN,
                Path.of("/n.ipynb"),
                GuardClock.SYSTEM,
                event -> {
                    if (event.message().contains("RUNNING")) {
                        telling.countDown();
                        awaitQuietly(release);
                    }
                    events.publish(event);
                });
        execution.accepted();
        execution.become(ExecutionState.ADMITTED);
        execution.launching();
        Thread executor = new Thread(execution::running);
        executor.start();
        telling.await();
        execution.exited();
        execution.ended(Verdict.judge(null, exit(0), true, KernelToll.NONE));
        CompletableFuture<List<ExecutionState>> told =
                execution.completion().thenApply(record -> events.states(execution.id()));

        Thread run = new Thread(execution::complete);
        run.start();
        Eventually.until("it waits, or is complete", () -> told.isDone() || run.getState() == State.TIMED_WAITING);
        release.countDown();

        assertThat(told.get(20, TimeUnit.SECONDS)).endsWith(ExecutionState.RUNNING, ExecutionState.COMPLETED);
        executor.join();
        run.join();
    }

    /** An engine may give another reason each second for days. */
    @Test
    void howeverOftenItsStateIsToldAnewWhatIsKeptOfEarlierStatesIsBounded() {
        int changes = 100_000;
        List<String> told = new ArrayList<>();
        AtomicInteger expected = new AtomicInteger();
        GuardedExecution execution = new GuardedExecution(
                ExecutionId.random(),
                ExecutionRequest.of("n.ipynb").build(),
                OPEN,
                Path.of("/n.ipynb"),
                GuardClock.SYSTEM,
                event -> {
                    if (event instanceof GuardEvent.ExecutionChanged change
                            && change.record().state() == ExecutionState.WAITING) {
                        told.add(change.record().lifecycle().message().orElse(""));
                    }
                });
        execution.accepted();
        execution.become(ExecutionState.ADMITTED);
        execution.launching();
        for (int i = 0; i < changes; i++) {
            execution.waiting("reason " + i);
        }

        assertThat(earlier(execution.lifecycle())).isLessThanOrEqualTo(2);
        assertThat(told).hasSize(changes).allSatisfy(reason -> assertThat(reason)
                .isEqualTo("reason " + expected.getAndIncrement()));
        for (int i = 0; i < changes; i++) {
            execution.contactLost("loss " + i);
        }
        assertThat(earlier(execution.lifecycle())).isLessThanOrEqualTo(2);
        execution.contactRestored();
        assertThat(execution.state()).isEqualTo(ExecutionState.WAITING);
        assertThat(execution.record().lifecycle().message()).contains("reason " + (changes - 1));
    }

    /** What one thread could not tell at once, because another was at it, is told in its order, however much it is. */
    @Test
    void whatComesWhileAnotherThreadIsTellingIsToldInItsOrder() throws Exception {
        int changes = 100_000;
        CountDownLatch telling = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        List<String> told = new ArrayList<>();
        AtomicInteger expected = new AtomicInteger();
        GuardedExecution execution = new GuardedExecution(
                ExecutionId.random(),
                ExecutionRequest.of("n.ipynb").build(),
                OPEN,
                Path.of("/n.ipynb"),
                GuardClock.SYSTEM,
                event -> {
                    if (event instanceof GuardEvent.ExecutionChanged change
                            && change.record().state() == ExecutionState.WAITING) {
                        telling.countDown();
                        awaitQuietly(release);
                        told.add(change.record().lifecycle().message().orElse(""));
                    }
                });
        execution.accepted();
        execution.become(ExecutionState.ADMITTED);
        execution.launching();
        Thread first = new Thread(() -> execution.waiting("reason 0"));
        first.start();
        telling.await();
        for (int i = 1; i < changes; i++) {
            execution.waiting("reason " + i);
        }
        release.countDown();
        first.join();

        assertThat(told).hasSize(changes).allSatisfy(reason -> assertThat(reason)
                .isEqualTo("reason " + expected.getAndIncrement()));
        execution.running();
        execution.waiting("again");
        assertThat(earlier(execution.lifecycle())).isLessThanOrEqualTo(2);
    }

    /** Returns how many earlier states are reachable from one. */
    private static int earlier(LifecycleState state) {
        int count = 0;
        for (LifecycleState at = state.before(); at != null; at = at.before()) {
            count++;
        }
        return count;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void assertLegalHistory(GuardedExecution execution) {
        List<GuardEvent.ExecutionChanged> told = events.of(GuardEvent.ExecutionChanged.class).stream()
                .filter(event -> event.record().id().equals(execution.id()))
                .toList();
        ExecutionState at = null;
        for (GuardEvent.ExecutionChanged event : told) {
            assertThat(event.previous()).isEqualTo(Optional.ofNullable(at));
            assertThat(at == null || at.canBecome(event.record().state())).isTrue();
            at = event.record().state();
        }
        assertThat(at).isNotNull();
        assertThat(at.isEnd()).isTrue();
        assertThat(told.get(told.size() - 1).record()).isEqualTo(execution.record());
        events.all.clear();
    }

    @Test
    void whatTheWatchdogCondemnedCannotBeClaimedByAUser() {
        GuardedExecution execution = running();

        assertThat(watched(execution).condemn(Scenarios.of(execution.id()))).isTrue();
        execution.stop(StopMode.IMMEDIATE);
        execution.ended(Verdict.judge(execution.lifecycle().cause(), exit(1), true, KernelToll.NONE));

        ExecutionRecord record = execution.record();
        assertThat(record.outcome().reason()).contains(EndReason.WATCHDOG_MEMORY);
        assertThat(record.lifecycle().message()).contains("OOM Prevention: Terminated n.ipynb");
        assertThat(record.outcome().killScenario()).contains(Scenarios.of(execution.id()));
    }

    @Test
    void whatHasExitedCannotBeCondemned() {
        GuardedExecution execution = running();
        execution.exited();

        assertThat(watched(execution).condemn(Scenarios.of(execution.id()))).isFalse();
        assertThat(execution.state()).isEqualTo(ExecutionState.RUNNING);
    }

    @Test
    void aStopAfterTheNormalEndLeavesItCompleted() {
        GuardedExecution execution = running();
        execution.exited();
        execution.stop(StopMode.IMMEDIATE);
        execution.ended(Verdict.judge(execution.lifecycle().cause(), exit(0), true, KernelToll.NONE));

        assertThat(execution.state()).isEqualTo(ExecutionState.COMPLETED);
        assertThat(execution.record().outcome().reason()).isEmpty();
    }

    @Test
    void aCallerCannotCompleteTheFutureForOthers() {
        GuardedExecution execution = running();
        CompletableFuture<ExecutionRecord> mine = execution.completion();
        mine.complete(null);
        mine.cancel(true);

        assertThat(execution.completion()).isNotDone();
    }

    @Test
    void thePeakIsKept() {
        GuardedExecution execution = running();
        watched(execution).measured(10, 100);
        watched(execution).measured(30, 200);
        watched(execution).measured(20, 300);

        assertThat(execution.record().usage().peakMemory().orElseThrow().bytes())
                .isEqualTo(30);
        assertThat(execution.record().usage().cpuTime().orElseThrow().nanos()).isEqualTo(300);
    }

    private static final OpenExecutor OPEN = new OpenExecutor(
            new ScriptedExecutor(),
            (request, context) -> {
                throw new AssertionError("launched");
            },
            ExecutorCapabilities.local(),
            Extensions.NOTEBOOKS);

    private static WatchedExecution watched(GuardedExecution execution) {
        return new WatchedExecution(execution, new FakeGroup(), Optional.empty());
    }

    private GuardedExecution running() {
        GuardedExecution execution = new GuardedExecution(
                ExecutionId.random(),
                ExecutionRequest.of("n.ipynb").build(),
                OPEN,
                Path.of("/n.ipynb"),
                GuardClock.SYSTEM,
                events);
        execution.accepted();
        execution.become(ExecutionState.ADMITTED);
        execution.launching();
        execution.running();
        return execution;
    }

    private static ExitReport exit(int code) {
        return ExitReport.exited(code).build();
    }
}

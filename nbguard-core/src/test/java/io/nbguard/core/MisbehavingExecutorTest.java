package io.nbguard.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.event.GuardEvent.PluginMisbehaved;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.execution.StopMode;
import io.nbguard.api.measure.Progress;
import io.nbguard.core.fixture.Eventually;
import io.nbguard.core.fixture.FakeProbe;
import io.nbguard.core.fixture.FakeTracker;
import io.nbguard.core.fixture.HastyClock;
import io.nbguard.core.fixture.RecordedEvents;
import io.nbguard.core.fixture.ScriptedExecutor;
import io.nbguard.core.fixture.ScriptedRun;
import io.nbguard.spi.executor.ExitReport;
import io.nbguard.spi.executor.Force;
import io.nbguard.spi.executor.LaunchedExecution;
import io.nbguard.spi.executor.StopAnswer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Executors that break their contract: told once, by name, the record says so, and the next execution has its place. */
@Tag("slow")
@Timeout(120)
class MisbehavingExecutorTest {

    @TempDir
    private Path root;

    private final ScriptedExecutor executor = new ScriptedExecutor();
    private final RecordedEvents events = new RecordedEvents();
    private final HastyClock clock = new HastyClock();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private NotebookGuard guard;

    @BeforeEach
    void open() throws IOException {
        Files.writeString(root.resolve("a.ipynb"), "{}");
        guard = NotebookGuard.builder()
                .notebooks(root)
                .outputs(root.resolve("runs"))
                .storage(s -> s.temporaryFiles(root))
                .lifecycle(l -> l.announce(false))
                .maxConcurrent(1)
                .executor(executor)
                .plugins(p -> p.tracker(new FakeTracker()).probes(new FakeProbe()))
                .listener(events)
                .clock(clock)
                .threadFactory(work -> {
                    Thread thread = new Thread(work);
                    threads.add(thread);
                    return thread;
                })
                .build();
    }

    @AfterEach
    void closeAndFindNoThread() {
        guard.close();
        Eventually.until("every thread of the guard has ended: " + threads, () -> threads.stream()
                .noneMatch(Thread::isAlive));
    }

    private Execution run() {
        return guard.run(ExecutionRequest.of("a.ipynb").build());
    }

    private static ExecutionRecord end(Execution execution) throws Exception {
        return execution.completion().get(60, TimeUnit.SECONDS);
    }

    /** A run of which one thing is otherwise. */
    private static class Wrapped implements LaunchedExecution {

        final ScriptedRun usual;

        Wrapped(ScriptedRun usual) {
            this.usual = usual;
        }

        @Override
        public CompletableFuture<ExitReport> completion() {
            return usual.completion();
        }

        @Override
        public CompletableFuture<StopAnswer> stop(Force force) {
            switch (force) {
                case INTERRUPT -> interrupt();
                case TERMINATE -> terminate();
                case KILL -> kill();
            }
            return usual.completion().thenApply(report -> StopAnswer.GONE);
        }

        public void interrupt() {
            usual.stop(Force.INTERRUPT);
        }

        public void terminate() {
            usual.stop(Force.TERMINATE);
        }

        public void kill() {
            usual.stop(Force.KILL);
        }
    }

    private void launches(Function<ScriptedRun, LaunchedExecution> how) {
        executor.script = (request, context, usual) -> how.apply(usual);
    }

    private void assertToldOnce(Execution about, Fault fault, String words) {
        Eventually.until("it is told", () -> !told().isEmpty());
        assertThat(told()).singleElement().satisfies(event -> {
            assertThat(event.kind()).isEqualTo("executor");
            assertThat(event.plugin()).isEqualTo("scripted");
            assertThat(event.fault()).isEqualTo(fault);
            assertThat(event.id()).contains(about.id());
            assertThat(event.message()).contains("executor scripted", "a.ipynb", words);
        });
    }

    private List<PluginMisbehaved> told() {
        return events.of(PluginMisbehaved.class);
    }

    private void assertTheNextRuns() throws Exception {
        executor.script = (request, context, usual) -> usual;
        Execution next = run();
        ScriptedRun run = executor.next();
        while (run.context.id() != next.id() && !run.context.id().equals(next.id())) {
            run = executor.next();
        }
        run.runs().exits(0, Optional.empty());
        assertThat(end(next).state()).isEqualTo(ExecutionState.COMPLETED);
    }

    private void assertStartFailed(Fault fault, String words) throws Exception {
        Execution execution = run();

        ExecutionRecord record = end(execution);

        assertThat(record.state()).isEqualTo(ExecutionState.FAILED);
        assertThat(record.outcome().reason()).contains(EndReason.START_FAILED);
        assertThat(record.lifecycle().message().orElseThrow()).contains("executor scripted", words);
        assertToldOnce(execution, fault, words);
        assertTheNextRuns();
    }

    @Test
    void aLaunchThatThrows() throws Exception {
        launches(usual -> {
            throw new IllegalStateException("on purpose");
        });

        assertStartFailed(Fault.THREW, "on purpose");
    }

    @Test
    void aLaunchThatReturnsNull() throws Exception {
        launches(usual -> null);

        assertStartFailed(Fault.INVALID_ANSWER, "launch returned null");
    }

    @Test
    void aLaunchWithoutACompletion() throws Exception {
        launches(usual -> new Wrapped(usual) {
            @Override
            public CompletableFuture<ExitReport> completion() {
                return null;
            }
        });

        assertStartFailed(Fault.INVALID_ANSWER, "has no completion");
    }

    @Test
    void aLaunchThatNeverReturnsEndsAfterHalfAnHour() throws Exception {
        executor.script = (request, context, usual) -> {
            new CountDownLatch(1).await();
            return usual;
        };
        Execution execution = run();
        ScriptedRun launching = executor.next();

        clock.advance(Duration.ofMinutes(31));
        // Has the run look at the clock, which it does not know to have been put forward.
        launching.context.progress(Progress.of(0, 1));
        ExecutionRecord record = end(execution);

        assertThat(record.outcome().reason()).contains(EndReason.START_FAILED);
        assertThat(record.lifecycle().message().orElseThrow())
                .contains("executor scripted did not return from its launch within 30m");
        assertTheNextRuns();
    }

    private void assertUnknownEnd(Execution execution, Fault fault, String words) throws Exception {
        ExecutionRecord record = end(execution);

        assertThat(record.state()).isEqualTo(ExecutionState.LOST);
        assertThat(record.outcome().reason()).contains(EndReason.ORPHANED);
        assertThat(record.lifecycle().message().orElseThrow())
                .contains("it is not known how it ended", "executor scripted", words);
        assertToldOnce(execution, fault, words);
        assertTheNextRuns();
    }

    private void reports(ExitReport report) throws Exception {
        CompletableFuture<ExitReport> end = new CompletableFuture<>();
        launches(usual -> new Wrapped(usual) {
            @Override
            public CompletableFuture<ExitReport> completion() {
                return end;
            }
        });
        Execution execution = run();
        executor.next().runs();
        end.complete(report);
        assertUnknownEnd(execution, Fault.INVALID_ANSWER, "its report on the end");
    }

    @Test
    void aReportThatIsNull() throws Exception {
        reports(null);
    }

    @Test
    void aCompletionThatFails() throws Exception {
        Execution execution = run();
        executor.next().runs().breaks(new IOException("no such socket"));

        assertUnknownEnd(execution, Fault.THREW, "no such socket");
    }

    @Test
    void aReportThatNeverComesThoughNoProcessIsLeft() throws Exception {
        Execution execution = run();
        ScriptedRun run = executor.next().runs();
        run.group.alive = 0;
        Eventually.until("it is given up", () -> {
            clock.advance(Duration.ofSeconds(6));
            return execution.completion().isDone();
        });

        ExecutionRecord record = end(execution);
        assertThat(record.outcome().reason()).contains(EndReason.ORPHANED);
        assertThat(record.lifecycle().message().orElseThrow()).contains("did not report its end");
        assertToldOnce(execution, Fault.TOO_SLOW, "nothing of it is left");
        assertTheNextRuns();
    }

    @Test
    void aKillThatThrowsIsToldOnceHoweverOftenItIsTried() throws Exception {
        launches(usual -> new Wrapped(usual) {
            @Override
            public void kill() {
                throw new StackOverflowError("on purpose");
            }
        });
        Execution execution = run();
        ScriptedRun run = executor.next().runs().awaited();
        run.reportsItsDeath = false;
        execution.stop(StopMode.IMMEDIATE);
        Eventually.until("it is given up", () -> {
            clock.advance(Duration.ofSeconds(1));
            return execution.completion().isDone();
        });

        assertThat(end(execution).outcome().reason()).contains(EndReason.USER_STOP);
        List<PluginMisbehaved> thrown =
                told().stream().filter(event -> event.fault() == Fault.THREW).toList();
        assertThat(thrown).singleElement().satisfies(event -> assertThat(event.message())
                .contains("its stop(KILL) threw", "on purpose"));
        assertTheNextRuns();
    }

    @Test
    void aKillThatDoesNotReturnHoldsUpNothing() throws Exception {
        launches(usual -> new Wrapped(usual) {
            @Override
            public void kill() {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        Execution execution = run();
        executor.next().runs().awaited().reportsItsDeath = false;
        execution.stop(StopMode.IMMEDIATE);
        Eventually.until("it is told", () -> told().stream()
                .anyMatch(event -> event.message().contains("its stop(KILL) does not return")));
        Eventually.until("it is given up", () -> {
            clock.advance(Duration.ofSeconds(1));
            return execution.completion().isDone();
        });

        assertThat(end(execution).outcome().reason()).contains(EndReason.USER_STOP);
        assertThat(told()).hasSizeLessThanOrEqualTo(1);
        assertTheNextRuns();
    }

    @Test
    void milderForcesThatNeverReturnKeepNoKillAway() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        launches(usual -> new Wrapped(usual) {
            @Override
            public void interrupt() {
                super.interrupt();
                hangsUninterruptibly(over);
            }

            @Override
            public void terminate() {
                super.terminate();
                hangsUninterruptibly(over);
            }

            @Override
            public void kill() {
                super.kill();
                usual.isTaken();
            }
        });
        Execution execution = run();
        ScriptedRun run = executor.next().runs().awaited();
        // As with one that runs where no signal of this machine reaches it.
        run.reportsItsDeath = false;
        execution.stop(StopMode.GRACEFUL);
        try {
            Eventually.until("it is ended", () -> {
                clock.advance(Duration.ofSeconds(1));
                return execution.completion().isDone();
            });
        } finally {
            over.countDown();
        }

        assertThat(run.log).containsSubsequence("interrupt", "terminate", "kill");
        assertThat(end(execution).outcome().reason()).contains(EndReason.USER_STOP);
        assertThat(told()).isNotEmpty().allSatisfy(event -> assertThat(event.fault())
                .isEqualTo(Fault.TOO_SLOW));
        assertTheNextRuns();
    }

    private static void hangsUninterruptibly(CountDownLatch over) {
        boolean waits = true;
        while (waits) {
            try {
                over.await();
                waits = false;
            } catch (InterruptedException ignored) {
                // As code does that catches everything in a loop.
            }
        }
    }

    @Test
    void progressThatCannotBeIsLeftOutAndToldOnce() throws Exception {
        Execution execution = run();
        ScriptedRun run = executor.next().runs();
        run.context.progress(Progress.of(1, 3));
        for (int i = 0; i < 10; i++) {
            run.context.progress(Progress.of(99, 1));
            run.context.progress(Progress.of(-1, 1));
            run.context.progress(null);
        }
        run.exits(0, Optional.empty());

        assertThat(end(execution).progress()).isEqualTo(Progress.of(1, 3));
        assertToldOnce(execution, Fault.INVALID_ANSWER, "99/1");
        assertTheNextRuns();
    }
}

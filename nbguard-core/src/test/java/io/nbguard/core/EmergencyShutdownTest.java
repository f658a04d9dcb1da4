package io.nbguard.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.execution.StopMode;
import io.nbguard.api.watchdog.EmergencyReport;
import io.nbguard.core.fixture.Eventually;
import io.nbguard.core.fixture.FakeProbe;
import io.nbguard.core.fixture.FakeTracker;
import io.nbguard.core.fixture.HastyClock;
import io.nbguard.core.fixture.RecordedEvents;
import io.nbguard.core.fixture.ScriptedExecutor;
import io.nbguard.core.fixture.ScriptedRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Everything is ended at once, over executions that exist in the test only. */
@Timeout(120)
class EmergencyShutdownTest {

    @TempDir
    private Path root;

    private final ScriptedExecutor executor = new ScriptedExecutor();
    private final FakeProbe probe = new FakeProbe();
    private final HastyClock clock = new HastyClock();
    private final RecordedEvents events = new RecordedEvents();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private NotebookGuard guard;

    @BeforeEach
    void makeNotebooks() throws Exception {
        Files.createDirectories(root.resolve("notebooks"));
        Files.createDirectories(root.resolve("tmp"));
        Files.writeString(root.resolve("notebooks/a.ipynb"), "{}");
        Files.writeString(root.resolve("notebooks/b \"two\".ipynb"), "{}");
    }

    @AfterEach
    void nothingIsLeft() {
        guard.close();
        assertThat(root.resolve("tmp")).isEmptyDirectory();
        Eventually.until("every thread of the guard has ended: " + threads, () -> threads.stream()
                .noneMatch(Thread::isAlive));
    }

    private GuardBuilder builder() {
        return NotebookGuard.builder()
                .notebooks(root.resolve("notebooks"))
                .outputs(root.resolve("runs"))
                .storage(s -> s.temporaryFiles(root.resolve("tmp")))
                .lifecycle(l -> l.announce(false))
                .watchdog(w -> w.interval(Duration.ofMillis(20)))
                .clock(clock)
                .executor(executor)
                .plugins(p -> p.tracker(new FakeTracker()).probes(probe))
                .listener(events)
                .threadFactory(work -> {
                    Thread thread = new Thread(work);
                    threads.add(thread);
                    return thread;
                });
    }

    private Execution run(String notebook) {
        return guard.run(ExecutionRequest.of(notebook).build());
    }

    private List<GuardEvent.EmergencyShutdown> told() {
        return events.of(GuardEvent.EmergencyShutdown.class);
    }

    private Stream<Path> files() throws Exception {
        Path folder = root.resolve("runs/.nbguard");
        return Files.isDirectory(folder) ? Files.list(folder) : Stream.empty();
    }

    @Test
    void whateverRunsIsLaunchedOrWaitsIsEndedForTheReasonGiven() throws Exception {
        CountDownLatch launching = new CountDownLatch(1);
        guard = builder()
                .maxConcurrent(3)
                .lifecycle(l -> l.stopGrace(Duration.ofMinutes(10)))
                .build();
        Execution running = run("b \"two\".ipynb");
        ScriptedRun run = executor.next().runs();
        Execution stopping = run("a.ipynb");
        ScriptedRun stoppingRun = executor.next().runs();
        stopping.stop(StopMode.GRACEFUL);
        Eventually.until("it is asked to stop", () -> stoppingRun.log.contains("interrupt"));
        executor.script = (request, context, usual) -> {
            usual.group.alive = 0;
            launching.countDown();
            new CountDownLatch(1).await();
            return usual;
        };
        Execution launched = run("a.ipynb");
        launching.await();
        Execution first = run("a.ipynb");
        Execution second = run("a.ipynb");
        List<Execution> all = List.of(running, stopping, launched, first, second);

        EmergencyReport report = guard.emergencyShutdown("the disk \\ is \"on fire\"\n\u0007");

        assertThat(report.reason()).isEqualTo("the disk \\ is \"on fire\"\n\u0007");
        assertThat(report.ended())
                .containsExactlyElementsOf(all.stream().map(Execution::id).toList());
        assertThat(report.survivors()).isEmpty();
        assertThat(all).allSatisfy(execution -> {
            assertThat(execution.completion()).isDone();
            assertThat(execution.state()).isEqualTo(ExecutionState.KILLED);
            assertThat(execution.reason()).contains(EndReason.EMERGENCY);
            assertThat(execution.record().lifecycle().message())
                    .contains("Emergency shutdown: the disk \\ is \"on fire\"\n\u0007");
        });
        assertThat(run.group.alive).isZero();
        assertThat(executor.launches).hasValue(3);
        Eventually.until("it is told", () -> told().size() == 1);
        assertThat(told().get(0).report()).isEqualTo(report);
        assertThat(told().get(0).message()).startsWith("EMERGENCY: ended all 5 executions: the disk");
    }

    @Test
    void whatHappenedIsKeptInAFileThatIsWholeAtAnyTime() throws Exception {
        guard = builder().maxConcurrent(1).build();
        Execution running = run("b \"two\".ipynb");
        executor.next().runs();
        Execution waiting = run("a.ipynb");
        Eventually.until("it is measured", () -> guard.snapshot().executions().stream()
                .anyMatch(seen -> seen.accounts().rss().value().orElseThrow().bytes() > 0));

        EmergencyReport report = guard.emergencyShutdown("the \"disk\" \\ \n\u0007 \uD83D");

        Path file = report.persisted().orElseThrow();
        assertThat(file).hasParentRaw(root.resolve("runs/.nbguard"));
        assertThat(file.getFileName().toString()).matches("emergency-\\d{8}T\\d{6}\\.\\d{3}Z\\.json");
        String text = Files.readString(file);
        assertThat(text)
                .startsWith("{\"version\": 1, \"reason\": \"the \\\"disk\\\" \\\\ \\u000a\\u0007 \\ud83d\", \"at\": \"")
                .contains("\"guardPid\": " + ProcessHandle.current().pid() + ", \"finished\": true, \"tookMillis\": ")
                .contains("\"memory\": {\"currentBytes\": " + probe.used + ", \"unreclaimableBytes\": " + probe.used
                        + ", \"limitBytes\": " + FakeProbe.LIMIT + "}")
                .contains("{\"id\": \"" + running.id() + "\", \"notebook\": \"b \\\"two\\\".ipynb\", \"state\":"
                        + " \"RUNNING\", \"rssBytes\": 52428800, \"alive\": false, \"endState\": \"KILLED\","
                        + " \"endReason\": \"EMERGENCY\"}, {\"id\": \"" + waiting.id()
                        + "\", \"notebook\": \"a.ipynb\", \"state\": \"QUEUED\", \"alive\": false")
                .endsWith("]}\n");
        assertThat(files()).containsExactly(file);
    }

    @Test
    void oneThatDoesNotDieDoesNotHoldUpTheOthers() throws Exception {
        guard = builder().build();
        Execution stuck = run("a.ipynb");
        ScriptedRun stuckRun = executor.next().runs();
        CountDownLatch hangs = new CountDownLatch(1);
        Runnable dies = stuckRun.group.whenKilled;
        stuckRun.group.whenKilled = () -> {
            stuckRun.group.alive = 1;
            awaitQuietly(hangs);
            stuckRun.group.alive = 0;
            dies.run();
        };
        List<Execution> others = List.of(run("a.ipynb"), run("a.ipynb"), run("a.ipynb"));
        for (int i = 0; i < others.size(); i++) {
            executor.next().runs();
        }

        EmergencyReport report;
        try {
            report = guard.emergencyShutdown("now", Duration.ofSeconds(5));
        } finally {
            hangs.countDown();
        }

        assertThat(report.survivors()).containsExactly(stuck.id());
        assertThat(report.ended()).hasSize(4);
        assertThat(report.took()).isGreaterThanOrEqualTo(Duration.ofSeconds(5));
        assertThat(others)
                .allSatisfy(execution -> assertThat(execution.reason()).contains(EndReason.EMERGENCY));
        assertThat(Files.readString(report.persisted().orElseThrow()))
                .contains("\"alive\": true, \"endState\": \"TERMINATING\"}");
        assertThat(stuck.completion().get(20, TimeUnit.SECONDS).outcome().reason())
                .contains(EndReason.EMERGENCY);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aDiskThatTakesNothingDelaysNoKill() throws Exception {
        guard = builder().build();
        Files.writeString(root.resolve("runs/.nbguard"), "in the way");
        Execution running = run("a.ipynb");
        executor.next().runs();

        EmergencyReport report = guard.emergencyShutdown("now");

        assertThat(report.survivors()).isEmpty();
        assertThat(running.reason()).contains(EndReason.EMERGENCY);
        assertThat(report.persisted()).isEmpty();
        Eventually.until("it is told", () -> told().size() == 1);
    }

    @Test
    void manyMayOrderItAtOnceAndItHappensOnce() throws Exception {
        guard = builder().build();
        Execution running = run("a.ipynb");
        ScriptedRun run = executor.next().runs();
        CountDownLatch dying = new CountDownLatch(1);
        Runnable dies = run.group.whenKilled;
        run.group.whenKilled = () -> {
            awaitQuietly(dying);
            dies.run();
        };
        List<CompletableFuture<EmergencyReport>> orders = new CopyOnWriteArrayList<>();
        CountDownLatch begun = new CountDownLatch(4);
        for (int i = 0; i < 4; i++) {
            String reason = "order " + i;
            CompletableFuture<EmergencyReport> order = new CompletableFuture<>();
            orders.add(order);
            Thread thread = new Thread(() -> {
                begun.countDown();
                order.complete(guard.emergencyShutdown(reason));
            });
            thread.setDaemon(true);
            thread.start();
        }
        begun.await();
        Eventually.until("it is doomed", () -> running.state() == ExecutionState.TERMINATING);
        dying.countDown();
        List<EmergencyReport> reports =
                orders.stream().map(CompletableFuture::join).toList();

        assertThat(running.reason()).contains(EndReason.EMERGENCY);
        List<EmergencyReport> thatEnded = reports.stream()
                .filter(report -> !report.ended().isEmpty())
                .distinct()
                .toList();
        assertThat(thatEnded).hasSize(1);
        assertThat(files()).hasSize(1);
        guard.close();
        assertThat(told()).hasSize(1);
    }

    @Test
    void aListenerMayOrderIt() throws Exception {
        guard = builder().build();
        CompletableFuture<EmergencyReport> ordered = new CompletableFuture<>();
        guard.listen(event -> {
            if (event instanceof GuardEvent.ExecutionNote) {
                ordered.complete(guard.emergencyShutdown("heard something"));
            }
        });
        Execution running = run("a.ipynb");
        executor.next().runs().context.note("something");

        assertThat(ordered.get(20, TimeUnit.SECONDS).ended()).containsExactly(running.id());
        assertThat(running.reason()).contains(EndReason.EMERGENCY);
    }

    @Test
    void theEndOfOneThatRunsOrWaitsMayOrderItAgain() throws Exception {
        guard = builder().maxConcurrent(1).build();
        Execution running = run("a.ipynb");
        executor.next().runs();
        Execution waiting = run("a.ipynb");
        CompletableFuture<EmergencyReport> again =
                running.completion().thenApply(record -> guard.emergencyShutdown("again"));
        CompletableFuture<EmergencyReport> andAgain =
                waiting.completion().thenApply(record -> guard.emergencyShutdown("and again"));

        EmergencyReport report = guard.emergencyShutdown("now", Duration.ofMinutes(2));

        assertThat(report.ended()).containsExactly(running.id(), waiting.id());
        // Either may have joined the first, or have come when there was nothing left to end.
        assertThat(List.of(again.get(20, TimeUnit.SECONDS), andAgain.get(20, TimeUnit.SECONDS)))
                .allSatisfy(other -> assertThat(report.ended()).containsAll(other.ended()));
        assertThat(files()).hasSize(1);
    }

    @Test
    void theEndOfOneMayCloseTheGuard() throws Exception {
        guard = builder().maxConcurrent(1).build();
        run("a.ipynb");
        executor.next().runs();
        CompletableFuture<Void> closed = run("a.ipynb").completion().thenRun(guard::close);

        assertThat(guard.emergencyShutdown("now", Duration.ofMinutes(2)).ended())
                .hasSize(2);

        closed.get(20, TimeUnit.SECONDS);
    }

    @Test
    void oneThatIsBeingKilledAlreadyKeepsItsReason() throws Exception {
        guard = builder().build();
        Execution execution = run("a.ipynb");
        ScriptedRun run = executor.next().runs();
        CountDownLatch dying = new CountDownLatch(1);
        Runnable dies = run.group.whenKilled;
        run.group.whenKilled = () -> {
            awaitQuietly(dying);
            dies.run();
        };
        execution.stop(StopMode.IMMEDIATE);
        CompletableFuture<EmergencyReport> ordered =
                CompletableFuture.supplyAsync(() -> guard.emergencyShutdown("now"), this::onAThread);
        dying.countDown();

        assertThat(ordered.get(20, TimeUnit.SECONDS).survivors()).isEmpty();
        assertThat(execution.reason()).contains(EndReason.USER_STOP);
    }

    private void onAThread(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
    }

    @Test
    void theGuardIsUsableAfterwards() throws Exception {
        guard = builder().build();
        run("a.ipynb");
        executor.next().runs();
        guard.emergencyShutdown("now");

        Execution next = run("a.ipynb");
        executor.next().runs().exits(0, Optional.empty());

        assertThat(next.completion().get(20, TimeUnit.SECONDS).state()).isEqualTo(ExecutionState.COMPLETED);
    }

    @Test
    void whereThereIsNothingToEndNothingIsToldOrKept() throws Exception {
        guard = builder().build();
        EmergencyReport idle = guard.emergencyShutdown("to be sure");
        guard.close();
        EmergencyReport closed = guard.emergencyShutdown("to be very sure");

        assertThat(List.of(idle, closed)).allSatisfy(report -> {
            assertThat(report.ended()).isEmpty();
            assertThat(report.persisted()).isEmpty();
            assertThat(report.took()).isZero();
        });
        assertThat(told()).isEmpty();
        assertThat(files()).isEmpty();
    }

    @Test
    void aReasonIsNeededAndNoNegativeTime() {
        guard = builder().build();
        assertThatThrownBy(() -> guard.emergencyShutdown(" ")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> guard.emergencyShutdown("now", Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PT-0.001S");
    }

    @Test
    void theWatchdogOrdersItWhenAVictimsMemoryDoesNotComeBack() throws Exception {
        guard = builder().build();
        Execution stuck = run("a.ipynb");
        ScriptedRun stuckRun = executor.next().runs();
        stuckRun.group.rss = FakeProbe.LIMIT / 2;
        stuckRun.group.lingers = true;
        Execution other = run("b \"two\".ipynb");
        executor.next().runs();
        fillUp(stuck);

        assertThat(other.completion().get(20, TimeUnit.SECONDS).outcome().reason())
                .contains(EndReason.EMERGENCY);
        assertThat(other.record().lifecycle().message().orElseThrow())
                .startsWith("Emergency shutdown: the node holds 1015.8 MiB of 1.0 GiB, and a.ipynb was sent SIGKILL ")
                .endsWith(" ms ago, and its memory does not come back");
        stuckRun.group.lingers = false;
        assertThat(stuck.completion().get(60, TimeUnit.SECONDS).outcome().reason())
                .contains(EndReason.WATCHDOG_MEMORY);
        Eventually.until("it is told", () -> told().size() == 1);
        assertThat(told().get(0).report().ended()).contains(stuck.id(), other.id());
    }

    private void fillUp(Execution victim) {
        Eventually.until(
                "all are measured, the victim with what it holds now",
                () -> guard.snapshot().executions().stream()
                                .filter(seen -> seen.accounts()
                                                .rss()
                                                .value()
                                                .orElseThrow()
                                                .bytes()
                                        == (seen.id().equals(victim.id()) ? FakeProbe.LIMIT / 2 : 50L << 20))
                                .count()
                        == 2);
        probe.used = FakeProbe.LIMIT * 992 / 1000;
        Eventually.until("the victim is chosen", () -> victim.state() == ExecutionState.TERMINATING);
        clock.advance(Duration.ofMillis(1_100));
    }

    @Test
    void theWatchdogOrdersNothingWhereItMayNot() throws Exception {
        guard = builder().lifecycle(l -> l.automaticEmergencyShutdown(false)).build();
        Execution stuck = run("a.ipynb");
        ScriptedRun stuckRun = executor.next().runs();
        stuckRun.group.rss = FakeProbe.LIMIT / 2;
        stuckRun.group.lingers = true;
        Execution other = run("b \"two\".ipynb");
        ScriptedRun otherRun = executor.next().runs();
        fillUp(stuck);
        long tick = guard.snapshot().sequence();

        Eventually.until("ticks have passed", () -> guard.snapshot().sequence() > tick + 5);

        assertThat(other.state()).isEqualTo(ExecutionState.RUNNING);
        probe.used = FakeProbe.LIMIT / 10;
        stuckRun.group.lingers = false;
        otherRun.exits(0, Optional.empty());
        assertThat(other.completion().get(20, TimeUnit.SECONDS).state()).isEqualTo(ExecutionState.COMPLETED);
    }
}

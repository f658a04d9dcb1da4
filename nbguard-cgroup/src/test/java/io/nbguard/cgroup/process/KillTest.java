package io.nbguard.cgroup.process;

import static io.nbguard.cgroup.process.Tracked.DAEMON;
import static io.nbguard.cgroup.process.Tracked.PLAIN;
import static io.nbguard.cgroup.process.Tracked.SUBREAPER;
import static io.nbguard.cgroup.process.Tracked.line;
import static io.nbguard.cgroup.process.Tracked.lives;
import static io.nbguard.cgroup.process.Tracked.pids;
import static io.nbguard.cgroup.process.Tracked.release;
import static io.nbguard.cgroup.process.Tracked.waitFor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.process.ProcessGroup;
import io.nbguard.spi.process.ProcessIdentity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** How groups end, with real processes; by pidfd and by ProcessHandle. */
@ParameterizedClass(name = "cgroup.jna = {0}")
@ValueSource(strings = {"on", "off"})
class KillTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    @Parameter
    String jna;

    private Tracked tracked;
    private ProcessGroup group;

    @BeforeEach
    void open() throws Exception {
        tracked = new Tracked(new PluginConfig(Map.of("cgroup.jna", jna)));
        group = tracked.group();
    }

    @AfterEach
    void close() throws Exception {
        tracked.close();
    }

    @Test
    void nothingIsLeftOfATreeThatTriedEverythingToGetAway() throws Exception {
        Process root = tracked.python(group, SUBREAPER + DAEMON + """
                        def stay(*words):
                            say(os.getpid())
                            time.sleep(1000)
                        def bare():
                            say(os.getpid())
                            os.execvpe('sleep', ['sleep', '1000'], {})
                        def child(run):
                            if os.fork() == 0:
                                run()
                        def session():
                            os.setsid()
                            child(stay)
                            stay()
                        child(stay)
                        child(session)
                        daemon(stay)
                        daemon(bare)
                        threading.Thread(target=lambda: child(stay)).start()
                        time.sleep(1000)
                        """);
        List<Long> all = new ArrayList<>(List.of(root.pid()));
        for (int i = 0; i < 6; i++) {
            all.add(Long.parseLong(line(root)));
        }

        assertThat(group.killAndConfirm(Duration.ZERO, TIMEOUT)).isTrue();

        assertThat(all).hasSize(7).noneMatch(Tracked::lives);
        assertThat(group.isEmpty()).isTrue();
        assertThat(group.kill()).isZero();
    }

    @Test
    void orphansWithoutASubreaperAreFoundByTheirCookie() throws Exception {
        Process root = tracked.python(group, PLAIN + DAEMON + """
                        def stay():
                            say(os.getpid())
                            os.execvp('sleep', ['sleep', '1000'])
                        daemon(stay)
                        """);
        long daemon = Long.parseLong(line(root));
        root.waitFor();

        assertThat(group.isEmpty()).isFalse();
        assertThat(group.killAndConfirm(Duration.ZERO, TIMEOUT)).isTrue();

        assertThat(lives(daemon)).isFalse();
        assertThat(group.isEmpty()).isTrue();
    }

    @Test
    void theRootIsKilledOnlyWhenItIsTheLast() throws Exception {
        Process root =
                tracked.start(group, "sh", "-c", "sleep 1000 & echo $!; wait; read line; sleep 1000 & echo $!; wait");
        long first = Long.parseLong(line(root));
        tracked.until("both", () -> group.usage().count() == 2);

        assertThat(group.kill()).isEqualTo(2);
        waitFor("the death of the child", () -> !lives(first));
        assertThat(root.isAlive()).isTrue();
        release(root);
        long second = Long.parseLong(line(root));

        assertThat(group.kill()).isEqualTo(2);
        waitFor("the end of all", () -> group.kill() == 0);
        assertThat(lives(second)).isFalse();
        assertThat(root.waitFor()).isIn(0, 137);
    }

    @Test
    void theRootHasItsGraceToReapTheOthersAndToReport() throws Exception {
        Process root = tracked.python(group, PLAIN + """
                        child = os.fork()
                        if child == 0:
                            end = time.process_time() + 0.5
                            while time.process_time() < end:
                                pass
                            say('burnt')
                            time.sleep(1000)
                        pid, status = os.waitpid(child, 0)
                        say('reaped', os.WTERMSIG(status))
                        time.sleep(0.3)
                        """);
        line(root);
        tracked.until("both", () -> group.usage().count() == 2);

        assertThat(group.killAndConfirm(Duration.ofSeconds(20), TIMEOUT)).isTrue();

        assertThat(line(root)).isEqualTo("reaped 9");
        assertThat(root.waitFor()).isZero();
        tracked.tick();
        assertThat(group.usage().count()).isZero();
        assertThat(group.usage().totalCpuNanos()).isGreaterThan(500_000_000L);
    }

    @Test
    void aStormOfForksIsEnded() throws Exception {
        Process root = tracked.python(group, PLAIN + """
                        def generation(deep):
                            # Bounded (some hundreds, and each ends by itself): a test that fails must not drown the machine.
                            for i in range(20):
                                time.sleep(0.002)
                                if deep and os.fork() == 0:
                                    os.setsid()
                                    generation(deep - 1)
                            time.sleep(60)
                        say('storm')
                        generation(2)
                        """);
        line(root);
        tracked.until("the storm", () -> group.usage().count() > 20);

        assertThat(group.killAndConfirm(Duration.ZERO, Duration.ofSeconds(60))).isTrue();

        assertThat(group.isEmpty()).isTrue();
        tracked.until("none", () -> group.usage().count() == 0);
    }

    @Test
    void aThreadThatIsInterruptedSignalsAllTheSame() throws Exception {
        Process root = tracked.start(group, "sh", "-c", "sleep 1000 & echo $!; wait; sleep 1000");
        long child = Long.parseLong(line(root));
        tracked.tick();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread killer = new Thread(() -> {
            Thread.currentThread().interrupt();
            try {
                group.killAndConfirm(Duration.ZERO, TIMEOUT);
            } catch (Throwable e) {
                thrown.set(e);
            }
        });
        killer.start();
        killer.join();

        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        waitFor("the death of the child", () -> !lives(child));
    }

    @Test
    void aSamplingThreadThatIsInterruptedGoesOnAndStaysInterrupted() throws Exception {
        Process root = tracked.start(group, "sh", "-c", "sleep 1000 & sleep 1000 & wait");
        tracked.until("three", () -> group.usage().count() == 3);
        List<Long> before = pids(group);

        for (int i = 0; i < 3; i++) {
            Thread.currentThread().interrupt();
            tracked.fullTick();
            assertThat(Thread.interrupted()).isTrue();
        }
        tracked.fullTick();

        assertThat(pids(group)).isEqualTo(before).startsWith(root.pid());
        assertThat(group.usage().totalRssBytes()).isPositive();
    }

    @Test
    void aProcessWithAnotherStartTimeIsNeverSignalled() throws Exception {
        Process unrelated = tracked.unrelated("sleep", "1000");
        long start = Tracked.field(unrelated.pid(), 22);
        Machine machine = Machine.of(java.nio.file.Path.of("/proc"), new PluginConfig(Map.of("cgroup.jna", jna)));
        ProcessReader reader = machine.newReader();
        Signals signals = jna.equals("on")
                ? new PidfdSignals(machine, new PidLaps(machine.proc(), System::nanoTime))
                : new HandleSignals();

        signals.kill(victims(new ProcessIdentity(unrelated.pid(), start - 1)), reader);
        signals.kill(victims(new ProcessIdentity(unrelated.pid(), start + 1)), reader);
        signals.kill(victims(new ProcessIdentity(1, Tracked.field(1, 22))), reader);
        long self = ProcessHandle.current().pid();
        signals.kill(victims(new ProcessIdentity(self, ownStart(reader, self))), reader);

        assertThat(unrelated.waitFor(300, java.util.concurrent.TimeUnit.MILLISECONDS))
                .isFalse();
        signals.kill(victims(new ProcessIdentity(unrelated.pid(), start)), reader);
        assertThat(unrelated.waitFor()).isEqualTo(137);
    }

    private static long ownStart(ProcessReader reader, long self) {
        StatLine line = new StatLine();
        assertThat(reader.read(self, line)).isEqualTo(ProcessReader.Look.FOUND);
        return line.start();
    }

    private static List<Signals.Victim> victims(ProcessIdentity identity) {
        return List.of(new Signals.Victim(identity, 0));
    }

    @Test
    void aRunningTreeIsTakenOverByItsRoot() throws Exception {
        Process root = tracked.unrelated("sh", "-c", "sleep 1000 & (sleep 1000 & wait) & echo ready; wait");
        assertThat(line(root)).isEqualTo("ready");
        ProcessIdentity identity = new ProcessIdentity(root.pid(), Tracked.field(root.pid(), 22));
        ProcessGroup attached = tracked.attach(identity);

        tracked.until("four", () -> attached.usage().count() == 4);

        assertThat(attached.root()).contains(identity);
        assertThat(pids(attached)).startsWith(root.pid());
        assertThat(attached.killAndConfirm(Duration.ZERO, TIMEOUT)).isTrue();
        assertThat(root.waitFor()).isIn(0, 137);
    }

    @Test
    void whatHasEndedOrIsAnotherCannotBeTakenOver() throws Exception {
        Process process = tracked.unrelated("sleep", "1000");
        long start = Tracked.field(process.pid(), 22);
        ProcessIdentity other = new ProcessIdentity(process.pid(), start + 1);

        assertThatThrownBy(() -> tracked.attach(other))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining(Long.toString(process.pid()));
        process.destroyForcibly().waitFor();
        assertThatThrownBy(() -> tracked.attach(new ProcessIdentity(process.pid(), start)))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("ended");
    }

    @Test
    void closingAGroupKillsNothingAndHoldsNothing() throws Exception {
        Process root = tracked.start(group, "sleep", "1000");
        tracked.until("the root", () -> group.usage().count() == 1);
        tracked.fullTick();

        group.close();
        tracked.fullTick();

        assertThat(root.isAlive()).isTrue();
        assertThat(Tracked.descriptorsOf(List.of(root.pid()))).isZero();
        assertThatThrownBy(() -> group.start(new ProcessBuilder("true"))).isInstanceOf(IllegalStateException.class);
    }
}

package io.nbguard.cgroup.process;

import static io.nbguard.cgroup.process.Tracked.PLAIN;
import static io.nbguard.cgroup.process.Tracked.line;
import static io.nbguard.cgroup.process.Tracked.lives;
import static io.nbguard.cgroup.process.Tracked.release;
import static io.nbguard.cgroup.process.Tracked.waitFor;
import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.spi.ProcessGroup;
import io.nbguard.spi.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Groups that are made to stand still, with real processes. */
class FreezeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Two children that sleep; then answers each line with a word, which shows that the root goes on. */
    private static final String FAMILY = PLAIN + """
            def child():
                pid = os.fork()
                if pid == 0:
                    sys.stdin.close()
                    while True:
                        time.sleep(0.01)
                return pid
            say(child())
            say(child())
            for request in sys.stdin:
                say(child() if request.strip() == 'more' else 'here')
            """;

    private Tracked tracked;
    private ProcessGroup group;

    @BeforeEach
    void open() throws Exception {
        tracked = new Tracked(Map.of());
        group = tracked.group();
    }

    @AfterEach
    void close() throws Exception {
        tracked.close();
    }

    private static char stateOf(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        return stat.charAt(stat.lastIndexOf(')') + 2);
    }

    private static void awaitStopped(long pid) throws Exception {
        waitFor(pid + " to be stopped", () -> stateOf(pid) == 'T');
    }

    private static void awaitRunning(long pid) throws Exception {
        waitFor(pid + " to go on", () -> stateOf(pid) != 'T');
    }

    private long[] family(Process root) throws Exception {
        long[] children = {Long.parseLong(line(root)), Long.parseLong(line(root))};
        tracked.until("three", () -> group.usage().count() == 3);
        return children;
    }

    @Test
    void membersStandStillAndTheRootGoesOn() throws Exception {
        Process root = tracked.python(group, FAMILY);
        long[] children = family(root);

        assertThat(group.freeze()).isTrue();

        awaitStopped(children[0]);
        awaitStopped(children[1]);
        release(root);
        assertThat(line(root)).isEqualTo("here");
        assertThat(group.freeze()).isTrue();

        group.thaw();

        awaitRunning(children[0]);
        awaitRunning(children[1]);
    }

    @Test
    void whoWasStoppedBySomebodyElseStaysSo() throws Exception {
        Process root = tracked.python(group, FAMILY);
        long[] children = family(root);
        new ProcessBuilder("kill", "-STOP", Long.toString(children[0])).start().waitFor();
        awaitStopped(children[0]);

        group.freeze();
        awaitStopped(children[1]);
        group.thaw();

        awaitRunning(children[1]);
        assertThat(stateOf(children[0])).isEqualTo('T');
    }

    @Test
    void whoeverStoppedThemAllGoOnWhenTheGroupIsResumed() throws Exception {
        Process root = tracked.python(group, FAMILY);
        long[] children = family(root);
        new ProcessBuilder("kill", "-STOP", Long.toString(children[0])).start().waitFor();
        awaitStopped(children[0]);
        group.freeze();
        awaitStopped(children[1]);

        group.resume();

        awaitRunning(children[0]);
        awaitRunning(children[1]);
    }

    @Test
    void whoIsForkedMeanwhileIsStoppedAtTheNextSample() throws Exception {
        Process root = tracked.python(group, FAMILY);
        family(root);
        group.freeze();
        root.getOutputStream().write("more\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        root.getOutputStream().flush();
        long late = Long.parseLong(line(root));

        tracked.until("four", () -> group.usage().count() == 4);

        awaitStopped(late);
        group.thaw();
        awaitRunning(late);
    }

    @Test
    void whatIsFrozenDiesAndThawingTheDeadIsHarmless() throws Exception {
        Process root = tracked.python(group, FAMILY);
        long[] children = family(root);
        group.freeze();
        awaitStopped(children[0]);

        assertThat(group.killAndConfirm(Duration.ZERO, PATIENCE)).isTrue();
        group.thaw();
        group.thaw();

        assertThat(lives(children[0]) || lives(children[1])).isFalse();
        assertThat(group.freeze()).isFalse();
    }

    @Test
    void closingThaws() throws Exception {
        Process root = tracked.python(group, FAMILY);
        long[] children = family(root);
        group.freeze();
        awaitStopped(children[0]);

        group.close();

        awaitRunning(children[0]);
        awaitRunning(children[1]);
        assertThat(group.freeze()).isFalse();
        assertThat(lives(children[0])).isTrue();
        for (long child : children) {
            ProcessHandle.of(child).orElseThrow().destroyForcibly();
        }
    }

    @Test
    void aGroupOfOnlyARootCannotBeFrozen() throws Exception {
        Process root = tracked.python(group, PLAIN + "say('here')\ntime.sleep(1000)");
        line(root);
        tracked.tick();

        assertThat(group.freeze()).isFalse();

        assertThat(stateOf(root.pid())).isNotEqualTo('T');
    }

    @Test
    void withoutPidfdsNothingIsStopped() throws Exception {
        try (Tracked plain = new Tracked(Map.of("cgroup.jna", "off"))) {
            ProcessGroup ofPlain = plain.group();
            Process root = plain.python(ofPlain, FAMILY);
            long child = Long.parseLong(line(root));
            plain.until("members", () -> ofPlain.usage().count() == 3);

            assertThat(ofPlain.freeze()).isFalse();

            ofPlain.thaw();
            assertThat(stateOf(child)).isNotEqualTo('T');
        }
    }

    @Test
    void aProcessWithAnotherStartIsNeitherStoppedNorContinued() throws Exception {
        Machine machine = Machine.of(Path.of("/proc"), Map.of());
        ProcessReader reader = machine.newReader();
        Signals signals = new PidfdSignals(machine, new PidLaps(machine.proc(), System::nanoTime));
        Process stranger = tracked.stranger("sleep", "1000");
        long start = Tracked.field(stranger.pid(), 22);

        assertThat(signals.stop(new ProcessIdentity(stranger.pid(), start + 1), reader))
                .isEqualTo(Signals.Stop.GONE);
        assertThat(stateOf(stranger.pid())).isNotEqualTo('T');
        assertThat(signals.stop(new ProcessIdentity(stranger.pid(), start), reader))
                .isEqualTo(Signals.Stop.DONE);
        awaitStopped(stranger.pid());
        assertThat(signals.stop(new ProcessIdentity(stranger.pid(), start), reader))
                .isEqualTo(Signals.Stop.STOOD);
        signals.resume(new ProcessIdentity(stranger.pid(), start - 1), reader);
        assertThat(stateOf(stranger.pid())).isEqualTo('T');
        signals.resume(new ProcessIdentity(stranger.pid(), start), reader);
        awaitRunning(stranger.pid());
    }

    @Test
    void threadsThatFreezeAndThawAtWillLeaveNobodyStopped() throws Exception {
        Process root = tracked.python(group, FAMILY);
        long[] children = family(root);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Thread thread = new Thread(() -> {
                try {
                    for (int n = 0; n < 300; n++) {
                        group.freeze();
                        group.thaw();
                    }
                } catch (Throwable e) {
                    thrown.set(e);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (int i = 0; i < 20; i++) {
            root.getOutputStream().write("more\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            root.getOutputStream().flush();
            line(root);
            tracked.tick();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        tracked.until("all", () -> group.usage().count() == 23);

        assertThat(thrown.get()).isNull();
        for (long pid : Tracked.pids(group)) {
            awaitRunning(pid);
        }
        assertThat(lives(children[0])).isTrue();
    }
}

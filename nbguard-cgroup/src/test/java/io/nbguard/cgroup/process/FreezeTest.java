package io.nbguard.cgroup.process;

import static io.nbguard.cgroup.process.Tracked.PLAIN;
import static io.nbguard.cgroup.process.Tracked.line;
import static io.nbguard.cgroup.process.Tracked.lives;
import static io.nbguard.cgroup.process.Tracked.release;
import static io.nbguard.cgroup.process.Tracked.waitFor;
import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.process.FreezeReason;
import io.nbguard.spi.process.ProcessGroup;
import io.nbguard.spi.process.ProcessIdentity;
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

    private static final Duration TIMEOUT = Duration.ofSeconds(20);

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
        tracked = new Tracked(PluginConfig.EMPTY);
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

        assertThat(group.freeze(FreezeReason.BYSTANDER)).isTrue();

        awaitStopped(children[0]);
        awaitStopped(children[1]);
        release(root);
        assertThat(line(root)).isEqualTo("here");
        assertThat(group.freeze(FreezeReason.BYSTANDER)).isTrue();

        group.thaw(FreezeReason.BYSTANDER);

        awaitRunning(children[0]);
        awaitRunning(children[1]);
    }

    @Test
    void aProcessThatAnotherProcessStoppedStaysStopped() throws Exception {
        Process root = tracked.python(group, FAMILY);
        long[] children = family(root);
        new ProcessBuilder("kill", "-STOP", Long.toString(children[0])).start().waitFor();
        awaitStopped(children[0]);

        group.freeze(FreezeReason.BYSTANDER);
        awaitStopped(children[1]);
        group.thaw(FreezeReason.BYSTANDER);

        awaitRunning(children[1]);
        assertThat(stateOf(children[0])).isEqualTo('T');
    }

    @Test
    void withoutAHoldAllGoOnWhateverHadStoppedThem() throws Exception {
        Process root = tracked.python(group, FAMILY);
        long[] children = family(root);
        new ProcessBuilder("kill", "-STOP", Long.toString(children[0])).start().waitFor();
        awaitStopped(children[0]);
        new ProcessBuilder("kill", "-STOP", Long.toString(children[1])).start().waitFor();
        awaitStopped(children[1]);

        group.applyHolds();

        awaitRunning(children[0]);
        awaitRunning(children[1]);
    }

    @Test
    void whoIsForkedMeanwhileIsStoppedAtTheNextSample() throws Exception {
        Process root = tracked.python(group, FAMILY);
        family(root);
        group.freeze(FreezeReason.BYSTANDER);
        root.getOutputStream().write("more\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        root.getOutputStream().flush();
        long late = Long.parseLong(line(root));

        tracked.until("four", () -> group.usage().count() == 4);

        awaitStopped(late);
        group.thaw(FreezeReason.BYSTANDER);
        awaitRunning(late);
    }

    @Test
    void whatIsFrozenDiesAndThawingTheDeadIsHarmless() throws Exception {
        Process root = tracked.python(group, FAMILY);
        long[] children = family(root);
        group.freeze(FreezeReason.BYSTANDER);
        awaitStopped(children[0]);

        assertThat(group.killAndConfirm(Duration.ZERO, TIMEOUT)).isTrue();
        group.thaw(FreezeReason.BYSTANDER);
        group.thaw(FreezeReason.BYSTANDER);

        assertThat(lives(children[0]) || lives(children[1])).isFalse();
    }

    @Test
    void closingThaws() throws Exception {
        Process root = tracked.python(group, FAMILY);
        long[] children = family(root);
        group.freeze(FreezeReason.BYSTANDER);
        awaitStopped(children[0]);

        group.close();

        awaitRunning(children[0]);
        awaitRunning(children[1]);
        assertThat(group.freeze(FreezeReason.BYSTANDER)).isFalse();
        assertThat(lives(children[0])).isTrue();
        for (long child : children) {
            ProcessHandle.of(child).orElseThrow().destroyForcibly();
        }
    }

    @Test
    void aRootGoesOnAndWhatJoinsItStandsStill() throws Exception {
        Process root = tracked.python(group, """
                import os, sys, time
                print('here', flush=True)
                sys.stdin.readline()
                pid = os.fork()
                if pid == 0:
                    while True:
                        time.sleep(0.01)
                print(pid, flush=True)
                time.sleep(1000)
                """);
        line(root);
        tracked.tick();

        assertThat(group.freeze(FreezeReason.USER)).isTrue();

        release(root);
        long child = Long.parseLong(line(root));
        tracked.until("two", () -> group.usage().count() == 2);
        awaitStopped(child);
        assertThat(stateOf(root.pid())).isNotEqualTo('T');
        group.thaw(FreezeReason.USER);
        awaitRunning(child);
    }

    @Test
    void whatTwoHoldGoesOnWithTheLastHoldInEitherOrder() throws Exception {
        Process root = tracked.python(group, FAMILY);
        long[] children = family(root);
        for (List<FreezeReason> order : List.of(
                List.of(FreezeReason.USER, FreezeReason.BYSTANDER),
                List.of(FreezeReason.BYSTANDER, FreezeReason.USER))) {
            assertThat(group.freeze(order.get(0))).isTrue();
            assertThat(group.freeze(order.get(1))).isTrue();
            assertThat(group.frozenBy()).containsExactlyInAnyOrder(FreezeReason.USER, FreezeReason.BYSTANDER);
            awaitStopped(children[0]);
            awaitStopped(children[1]);

            group.thaw(order.get(0));

            assertThat(group.frozenBy()).containsExactly(order.get(1));
            tracked.tick();
            assertThat(stateOf(children[0])).isEqualTo('T');
            assertThat(stateOf(children[1])).isEqualTo('T');

            group.thaw(order.get(1));

            assertThat(group.frozenBy()).isEmpty();
            awaitRunning(children[0]);
            awaitRunning(children[1]);
        }
    }

    @Test
    void aHoldIsHeldOnceHoweverOftenItIsAsked() throws Exception {
        Process root = tracked.python(group, FAMILY);
        long[] children = family(root);
        group.freeze(FreezeReason.USER);
        group.freeze(FreezeReason.USER);
        awaitStopped(children[0]);

        group.thaw(FreezeReason.EXECUTOR);
        group.thaw(FreezeReason.BYSTANDER);
        assertThat(stateOf(children[0])).isEqualTo('T');
        group.thaw(FreezeReason.USER);

        awaitRunning(children[0]);
        awaitRunning(children[1]);
    }

    /** Two trackers of the same processes: a guard's and its sidecar's. */
    @Test
    void whatAnotherProcessHadFrozenAndIsHeldHereGoesOnWithTheHoldHere() throws Exception {
        Process root = tracked.python(group, FAMILY);
        long[] children = family(root);
        try (Tracked other = new Tracked(PluginConfig.EMPTY)) {
            ProcessGroup theirs = other.attach(group.root().orElseThrow());
            other.until("three", () -> theirs.usage().count() == 3);
            theirs.freeze(FreezeReason.BYSTANDER);
            awaitStopped(children[0]);
            awaitStopped(children[1]);
            group.freeze(FreezeReason.USER);
            // The other process has died: it lets go of nothing.

            group.applyHolds();

            assertThat(stateOf(children[0])).isEqualTo('T');
            assertThat(stateOf(children[1])).isEqualTo('T');
            group.thaw(FreezeReason.USER);
            awaitRunning(children[0]);
            awaitRunning(children[1]);
        }
    }

    @Test
    void aHoldStopsAgainWhatWasContinuedFromOutsideAndLetsTheRootGoOn() throws Exception {
        Process root = tracked.python(group, FAMILY);
        long[] children = family(root);
        group.freeze(FreezeReason.USER);
        awaitStopped(children[0]);
        new ProcessBuilder("kill", "-CONT", Long.toString(children[0])).start().waitFor();
        awaitRunning(children[0]);
        new ProcessBuilder("kill", "-STOP", Long.toString(root.pid())).start().waitFor();
        awaitStopped(root.pid());

        group.applyHolds();

        awaitStopped(children[0]);
        awaitStopped(children[1]);
        awaitRunning(root.pid());
        assertThat(group.frozenBy()).containsExactly(FreezeReason.USER);
        group.thaw(FreezeReason.USER);
        awaitRunning(children[0]);
        awaitRunning(children[1]);
    }

    @Test
    void withoutPidfdsNothingIsStopped() throws Exception {
        try (Tracked plain = new Tracked(new PluginConfig(Map.of("cgroup.jna", "off")))) {
            ProcessGroup ofPlain = plain.group();
            Process root = plain.python(ofPlain, FAMILY);
            long child = Long.parseLong(line(root));
            plain.until("members", () -> ofPlain.usage().count() == 3);

            assertThat(ofPlain.freeze(FreezeReason.BYSTANDER)).isFalse();

            ofPlain.thaw(FreezeReason.BYSTANDER);
            assertThat(stateOf(child)).isNotEqualTo('T');
        }
    }

    @Test
    void aProcessWithAnotherStartIsNeitherStoppedNorContinued() throws Exception {
        Machine machine = Machine.of(Path.of("/proc"), PluginConfig.EMPTY);
        ProcessReader reader = machine.newReader();
        Signals signals = new PidfdSignals(machine, new PidLaps(machine.proc(), System::nanoTime));
        Process unrelated = tracked.unrelated("sleep", "1000");
        long start = Tracked.field(unrelated.pid(), 22);

        assertThat(signals.stop(new ProcessIdentity(unrelated.pid(), start + 1), reader))
                .isEqualTo(Signals.Stop.GONE);
        assertThat(stateOf(unrelated.pid())).isNotEqualTo('T');
        assertThat(signals.stop(new ProcessIdentity(unrelated.pid(), start), reader))
                .isEqualTo(Signals.Stop.DONE);
        awaitStopped(unrelated.pid());
        assertThat(signals.stop(new ProcessIdentity(unrelated.pid(), start), reader))
                .isEqualTo(Signals.Stop.STOOD);
        signals.resume(new ProcessIdentity(unrelated.pid(), start - 1), reader);
        assertThat(stateOf(unrelated.pid())).isEqualTo('T');
        signals.resume(new ProcessIdentity(unrelated.pid(), start), reader);
        awaitRunning(unrelated.pid());
    }

    @Test
    void threadsThatFreezeAndThawConcurrentlyLeaveNoProcessStopped() throws Exception {
        Process root = tracked.python(group, FAMILY);
        long[] children = family(root);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (FreezeReason why : FreezeReason.values()) {
            Thread thread = new Thread(() -> {
                try {
                    for (int n = 0; n < 300; n++) {
                        group.freeze(why);
                        group.thaw(why);
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

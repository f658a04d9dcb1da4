package io.nbguard.cgroup.process;

import static io.nbguard.cgroup.process.Tracked.PLAIN;
import static io.nbguard.cgroup.process.Tracked.line;
import static io.nbguard.cgroup.process.Tracked.pids;
import static io.nbguard.cgroup.process.Tracked.release;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.process.GroupUsage;
import io.nbguard.spi.process.ProcessGroup;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How members ended that are no children of ours. */
class ExitStatusTest {

    private static final int SIGKILL = 9;

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

    private int endOf(long pid, long start) {
        return group.usage().endOf(pid, start);
    }

    @Test
    void whatItsParentHasWaitedForIsToldByTheKernel() throws Exception {
        assumeThat(ExitStatus.isReported(System.getProperty("os.version")))
                .as("Linux 6.15 tells how a process ended that was waited for")
                .isTrue();
        Process root = tracked.python(group, PLAIN + """
                        killed, failed = os.fork(), 0
                        if killed == 0: time.sleep(1000)
                        failed = os.fork()
                        if failed == 0:
                            signal.pause()
                        signal.signal(signal.SIGUSR1, lambda *_: None)
                        say('ready', killed, failed)
                        sys.stdin.readline()
                        os.kill(killed, signal.SIGKILL)
                        os.waitpid(killed, 0)
                        os.kill(failed, signal.SIGTERM)
                        os.waitpid(failed, 0)
                        say('gone')
                        time.sleep(1000)
                        """);
        List<String> words = List.of(line(root).split(" "));
        long killed = Long.parseLong(words.get(1));
        long failed = Long.parseLong(words.get(2));
        tracked.until("three members", () -> group.usage().count() == 3);
        long killedStart = group.usage().startTicks(Tracked.row(group, killed));
        long failedStart = group.usage().startTicks(Tracked.row(group, failed));
        release(root);
        assertThat(line(root)).isEqualTo("gone");

        tracked.fullTick();

        assertThat(pids(group)).containsExactly(root.pid());
        assertThat(endOf(killed, killedStart)).isEqualTo(SIGKILL);
        assertThat(endOf(failed, failedStart)).isEqualTo(15);
        assertThat(endOf(killed, killedStart + 1)).isEqualTo(GroupUsage.UNKNOWN_END);
        tracked.fullTick();
        assertThat(endOf(killed, killedStart)).as("told once").isEqualTo(GroupUsage.UNKNOWN_END);
    }

    @Test
    void aZombieShowsHowItEnded() throws Exception {
        Process root = tracked.python(group, PLAIN + """
                        child = os.fork()
                        if child == 0: signal.pause()
                        say(child)
                        sys.stdin.readline()
                        os.kill(child, signal.SIGKILL)
                        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
                        say('zombie')
                        time.sleep(1000)
                        """);
        long child = Long.parseLong(line(root));
        tracked.until("two members", () -> group.usage().count() == 2);
        long start = group.usage().startTicks(Tracked.row(group, child));
        release(root);
        assertThat(line(root)).isEqualTo("zombie");

        tracked.fullTick();

        assertThat(pids(group)).containsExactly(root.pid());
        assertThat(endOf(child, start)).isEqualTo(SIGKILL);
    }

    @Test
    void whichKernelsTellIsKnownByTheirRelease() {
        assertThat(ExitStatus.isReported("6.15.0-rc1-generic")).isTrue();
        assertThat(ExitStatus.isReported("6.18.44-fc")).isTrue();
        assertThat(ExitStatus.isReported("10.0")).isTrue();
        assertThat(ExitStatus.isReported("6.14.9")).isFalse();
        assertThat(ExitStatus.isReported("5.20")).isFalse();
        assertThat(ExitStatus.isReported("unknown")).isFalse();
    }
}

package io.nbguard.cgroup.process;

import static io.nbguard.cgroup.process.Tracked.DAEMON;
import static io.nbguard.cgroup.process.Tracked.PLAIN;
import static io.nbguard.cgroup.process.Tracked.SUBREAPER;
import static io.nbguard.cgroup.process.Tracked.line;
import static io.nbguard.cgroup.process.Tracked.pids;
import static io.nbguard.cgroup.process.Tracked.release;
import static io.nbguard.cgroup.process.Tracked.row;
import static io.nbguard.cgroup.process.Tracked.waitFor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.process.ProcessGroup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What a group uses, held against the kernel's own accounting; by system calls and in pure Java. */
@Tag("slow")
@ParameterizedClass(name = "cgroup.jna = {0}")
@ValueSource(strings = {"on", "off"})
class UsageTest {

    private static final long MIB = 1 << 20;

    /** The kernel tells user and system time, own and children's, each rounded down to a hundredth of a second. */
    private static final double ROUNDING = 0.04;

    /** Defines {@code burn(seconds)}: uses so much processor time. */
    private static final String BURN = """
            def burn(seconds):
                end = time.process_time() + seconds
                while time.process_time() < end:
                    pass
            """;

    /** Defines {@code total()}: the processor seconds of this process and of all children that it waited for. */
    private static final String TOTAL = """
            import resource
            def total():
                own, reaped = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
                return own.ru_utime + own.ru_stime + reaped.ru_utime + reaped.ru_stime
            """;

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
    void memoryIsWhatTheKernelSaysAndItsPrivatePartIsTheAnonymousOne() throws Exception {
        Process root = tracked.python(group, PLAIN + """
                        hog = bytearray(b'x') * (96 << 20)
                        say('full')
                        time.sleep(1000)
                        """);
        assertThat(line(root)).isEqualTo("full");

        tracked.until("the memory", () -> group.usage().totalRssBytes() > 90 * MIB);
        tracked.fullTick();

        String[] pages = Files.readString(Path.of("/proc", Long.toString(root.pid()), "statm"))
                .split(" ");
        assertThat(group.usage().rssBytes(0)).isEqualTo(Long.parseLong(pages[1]) * 4096);
        assertThat(group.usage().largestPrivateBytes())
                .isEqualTo((Long.parseLong(pages[1]) - Long.parseLong(pages[2])) * 4096)
                .isGreaterThan(96 * MIB);
    }

    @Test
    void pssCountsSharedPagesOnce() throws Exception {
        Process root = tracked.python(group, PLAIN + """
                        hog = bytearray(b'x') * (96 << 20)
                        for i in range(3):
                            if os.fork() == 0:
                                time.sleep(1000)
                        say('full')
                        time.sleep(1000)
                        """);
        line(root);
        tracked.until("four members", () -> group.usage().count() == 4);

        long pss = group.measurePss();

        assertThat(group.usage().totalRssBytes()).isGreaterThan(4 * 96 * MIB);
        assertThat(pss).isBetween(96 * MIB, 160 * MIB);
        assertThat(pss).isGreaterThan(group.usage().largestPrivateBytes() / 2);
    }

    @Test
    void timeOfATreeIsTheKernelsOwnAccountingWhileItsProcessesComeAndGo() throws Exception {
        Process root = tracked.python(group, SUBREAPER + DAEMON + BURN + TOTAL + """
                        def worker(seconds):
                            child = os.fork()
                            if child == 0:
                                burn(seconds)
                                os._exit(0)
                            return child
                        for i in range(12):
                            worker(0.02 * i)
                        for i in range(3):
                            daemon(lambda: burn(0.15))
                        burn(0.1)
                        while True:
                            try:
                                os.wait()
                            except ChildProcessError:
                                break
                        say(total())
                        sys.stdin.readline()
                        """);
        long last = 0;
        while (root.getInputStream().available() == 0) {
            tracked.tick();
            assertThat(group.usage().totalCpuNanos()).isGreaterThanOrEqualTo(last);
            last = group.usage().totalCpuNanos();
            Thread.sleep(3);
        }
        double seconds = Double.parseDouble(line(root));
        tracked.fullTick();

        assertThat(seconds).isGreaterThan(1.5);
        assertThat(group.usage().totalCpuNanos() / 1e9).isCloseTo(seconds, within(0.02 * seconds + ROUNDING));
    }

    @Test
    void timeOfChildrenThatWereNeverSeenIsCounted() throws Exception {
        Process root = tracked.python(group, PLAIN + BURN + TOTAL + """
                        for i in range(4):
                            child = os.fork()
                            if child == 0:
                                burn(0.2)
                                os._exit(0)
                            os.waitpid(child, 0)
                        say(total())
                        sys.stdin.readline()
                        """);
        double seconds = Double.parseDouble(line(root));

        tracked.fullTick();

        assertThat(group.usage().totalCpuNanos() / 1e9).isCloseTo(seconds, within(0.02 * seconds + ROUNDING));
    }

    @Test
    void aZombieIsNotAliveButItsTimeCountsUntilAndAfterItIsReaped() throws Exception {
        Process root = tracked.python(group, PLAIN + BURN + TOTAL + """
                        child = os.fork()
                        if child == 0:
                            sys.stdin.readline()
                            burn(0.5)
                            os._exit(0)
                        say(child)
                        while True:
                            signal.pause()
                        """);
        long child = Long.parseLong(line(root));
        tracked.until("both", () -> group.usage().count() == 2);
        release(root);
        waitFor("the zombie", () -> Files.readString(Path.of("/proc", Long.toString(child), "stat"))
                .contains(") Z "));

        tracked.tick();

        assertThat(pids(group)).containsExactly(root.pid());
        assertThat(group.usage().totalCpuNanos()).isGreaterThan(500_000_000L);
    }

    @Test
    void timeThatInitReapedIsNotLost() throws Exception {
        Process root = tracked.python(group, PLAIN + DAEMON + BURN + """
                        def work():
                            say(os.getpid())
                            sys.stdin.readline()
                            burn(0.6)
                            say('burnt')
                            sys.stdin.readline()
                        daemon(work)
                        sys.stdin.close()
                        time.sleep(1000)
                        """);
        long daemon = Long.parseLong(line(root));
        tracked.until("the daemon", () -> pids(group).contains(daemon));
        release(root);
        assertThat(line(root)).isEqualTo("burnt");
        tracked.tick();
        long before = group.usage().totalCpuNanos();
        release(root);
        waitFor("the daemon's reaping", () -> !Files.exists(Path.of("/proc", Long.toString(daemon))));

        tracked.tick();
        tracked.fullTick();
        tracked.fullTick();

        assertThat(before).isGreaterThan(600_000_000L);
        assertThat(group.usage().totalCpuNanos()).isBetween(before, before + 100_000_000L);
        assertThat(timeOfMembers()).isLessThan(300_000_000L);
    }

    @Test
    void timeOfChildrenThatAreNotWaitedForIsNotLost() throws Exception {
        // Who ignores SIGCHLD gets no time of its children from the kernel.
        Process root = tracked.python(group, PLAIN + BURN + """
                        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
                        child = os.fork()
                        if child == 0:
                            burn(0.6)
                            say(os.getpid())
                            sys.stdin.readline()
                            os._exit(0)
                        sys.stdin.close()
                        time.sleep(1000)
                        """);
        tracked.until("both", () -> group.usage().count() == 2);
        long child = Long.parseLong(line(root));
        tracked.tick();
        long before = group.usage().totalCpuNanos();
        release(root);
        waitFor("the end of the child", () -> !Files.exists(Path.of("/proc", Long.toString(child))));

        tracked.tick();
        tracked.fullTick();

        assertThat(group.usage().totalCpuNanos()).isBetween(before, before + 100_000_000L);
        assertThat(timeOfMembers()).isLessThan(before - 500_000_000L);
    }

    @Test
    void timeOfTheRootStandsWhenItHasEnded() throws Exception {
        Process root = tracked.python(group, PLAIN + BURN + "burn(0.4)\nsay('burnt')\nsys.stdin.readline()");
        assertThat(line(root)).isEqualTo("burnt");
        tracked.tick();
        release(root);
        root.waitFor();

        tracked.tick();
        tracked.tick();

        assertThat(group.usage().count()).isZero();
        assertThat(group.usage().totalCpuNanos()).isBetween(400_000_000L, 700_000_000L);
    }

    @Test
    void aProcessWhoseFirstThreadHasEndedLivesWithItsMemory() throws Exception {
        Process root = tracked.python(group, PLAIN + """
                        import ctypes, platform
                        hog = bytearray(b'x') * (32 << 20)
                        def rest():
                            time.sleep(0.2)
                            say('alone')
                            time.sleep(1000)
                        threading.Thread(target=rest).start()
                        ctypes.CDLL(None).syscall(93 if platform.machine() == 'aarch64' else 60, 0)
                        """);
        assertThat(line(root)).isEqualTo("alone");

        tracked.until("its memory", () -> group.usage().totalRssBytes() > 32 * MIB);

        assertThat(group.usage().state(row(group, root.pid()))).isEqualTo('Z');
        assertThat(group.isEmpty()).isFalse();
    }

    @Test
    void stateThreadsAndParentAreThoseOfTheLastFullSample() throws Exception {
        Process root = tracked.python(group, PLAIN + """
                        for i in range(4):
                            threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
                        say('ready')
                        time.sleep(1000)
                        """);
        line(root);
        // A thread also sleeps for a moment whenever it waits for another one.
        waitFor("a sample of it asleep", () -> {
            tracked.fullTick();
            return group.usage().state(0) == 'S';
        });

        assertThat(group.usage().threads(0)).isEqualTo(5);
        assertThat(group.usage().state(0)).isEqualTo('S');
        assertThat(group.usage().parentPid(0)).isEqualTo(ProcessHandle.current().pid());
        assertThat(group.usage().startTicks(0)).isEqualTo(Tracked.field(root.pid(), 22));
        assertThat(tracked.session.startTime(group.usage().startTicks(0)).toEpochMilli())
                .isCloseTo(System.currentTimeMillis(), within(60_000L));
    }

    private long timeOfMembers() {
        long nanos = 0;
        for (int i = 0; i < group.usage().count(); i++) {
            nanos += group.usage().cpuNanos(i);
        }
        return nanos;
    }
}

package io.nbguard.cgroup.process;

import static io.nbguard.cgroup.process.Tracked.DAEMON;
import static io.nbguard.cgroup.process.Tracked.PLAIN;
import static io.nbguard.cgroup.process.Tracked.SUBREAPER;
import static io.nbguard.cgroup.process.Tracked.line;
import static io.nbguard.cgroup.process.Tracked.lives;
import static io.nbguard.cgroup.process.Tracked.pids;
import static io.nbguard.cgroup.process.Tracked.release;
import static io.nbguard.cgroup.process.Tracked.row;
import static io.nbguard.cgroup.process.Tracked.waitFor;
import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.process.ProcessGroup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Who belongs to a group, with real processes that try to get away; by all means. */
@ParameterizedClass
@ValueSource(strings = {"system calls", "pure Java", "no PID cursor"})
class MembershipTest {

    @Parameter
    String means;

    private LongConsumer afterLook = pid -> {};
    private Tracked tracked;
    private ProcessGroup group;

    @BeforeEach
    void open() throws Exception {
        Machine machine = Machine.of(
                Path.of("/proc"), new PluginConfig(Map.of("cgroup.jna", means.equals("pure Java") ? "off" : "on")));
        PidCursor cursor = means.equals("no PID cursor") ? null : PidCursor.open(machine);
        ProcessReader reader = machine.newReader();
        ProcessReader hooked = (pid, line) -> {
            ProcessReader.Look look = reader.read(pid, line);
            afterLook.accept(pid);
            return look;
        };
        tracked = new Tracked(new ProcSession(machine, hooked, cursor, System::nanoTime));
        group = tracked.group();
    }

    @AfterEach
    void close() throws Exception {
        tracked.close();
    }

    @Test
    void aTreeIsCountedOnceAndTheRootComesFirst() throws Exception {
        Process root = tracked.start(group, "sh", "-c", "for i in 1 2 3 4; do sleep 1000 & done; wait");

        tracked.until("five members", () -> group.usage().count() == 5);
        tracked.fullTick();
        tracked.tick();

        assertThat(pids(group)).hasSize(5).doesNotHaveDuplicates().startsWith(root.pid());
        assertThat(group.root()).hasValueSatisfying(id -> assertThat(id.pid()).isEqualTo(root.pid()));
        assertThat(group.usage().parentPid(3)).isEqualTo(root.pid());
    }

    @Test
    void anUnrelatedProcessIsNoMember() throws Exception {
        Process root = tracked.start(group, "sleep", "1000");
        Process unrelated = tracked.unrelated("sh", "-c", "sleep 1000 & echo $!; wait");
        long grandchild = Long.parseLong(line(unrelated));

        tracked.until("the root", () -> group.usage().count() > 0);
        for (int i = 0; i < 5; i++) {
            tracked.fullTick();
        }

        assertThat(pids(group)).containsExactly(root.pid());
        assertThat(group.kill()).isEqualTo(1);
        assertThat(lives(unrelated.pid())).isTrue();
        assertThat(lives(grandchild)).isTrue();
        unrelated.descendants().forEach(ProcessHandle::destroyForcibly);
    }

    @Test
    void twoGroupsDoNotMix() throws Exception {
        ProcessGroup other = tracked.group();
        String twins = "sleep 1000 & sleep 1000 & wait";
        Process one = tracked.start(group, "sh", "-c", twins);
        Process two = tracked.start(other, "sh", "-c", twins);

        tracked.until(
                "three members each",
                () -> group.usage().count() == 3 && other.usage().count() == 3);

        assertThat(pids(group)).startsWith(one.pid()).doesNotContainAnyElementsOf(pids(other));
        assertThat(pids(other)).startsWith(two.pid());
    }

    @Test
    void aChildInASessionOfItsOwnIsAMember() throws Exception {
        Process root = tracked.python(group, PLAIN + """
                        child = os.fork()
                        if child == 0:
                            os.setsid()
                            say(os.getpid())
                            time.sleep(1000)
                        os.waitpid(child, 0)
                        """);
        long child = Long.parseLong(line(root));

        tracked.until("the child", () -> pids(group).contains(child));
    }

    @Test
    void aDaemonOfASubreaperIsAMember() throws Exception {
        Process root = tracked.python(
                group, SUBREAPER + DAEMON + "daemon(lambda: os.execvp('sleep', ['sleep', '1000']))\ntime.sleep(1000)");

        tracked.until("the daemon", () -> group.usage().count() == 2);

        assertThat(pids(group)).startsWith(root.pid());
    }

    @Test
    void aDaemonWithAClearedEnvironmentUnderASubreaperIsAMember() throws Exception {
        tracked.python(
                group,
                SUBREAPER + DAEMON + "daemon(lambda: os.execvpe('sleep', ['sleep', '1000'], {}))\ntime.sleep(1000)");

        tracked.until("the daemon", () -> group.usage().count() == 2);
    }

    @Test
    void aDaemonWhoseParentsWereNeverSeenIsKnownByItsCookie() throws Exception {
        Process root = tracked.python(group, PLAIN + DAEMON + """
                        sys.stdin.readline()
                        daemon(lambda: (say(os.getpid()), os.execvp('sleep', ['sleep', '1000'])))
                        say('done')
                        time.sleep(1000)
                        """);
        tracked.until("the root", () -> group.usage().count() == 1);
        release(root);
        // All between the root and the daemon has come and gone between two ticks.
        long daemon = twoLines(root, "done");

        tracked.until("the daemon", () -> pids(group).contains(daemon));
    }

    @Test
    void aDaemonWhoseParentGoesWhileAllProcessesAreLookedAtIsAMember() throws Exception {
        Process root = tracked.python(group, PLAIN + """
                        middle = os.fork()
                        if middle == 0:
                            os.setsid()
                            if os.fork() == 0:
                                say(os.getpid())
                                time.sleep(1000)
                            sys.stdin.readline()
                            os._exit(0)
                        os.waitpid(middle, 0)
                        time.sleep(1000)
                        """);
        long daemon = Long.parseLong(line(root));
        long middle = Tracked.field(daemon, 4);
        AtomicBoolean looked = new AtomicBoolean();
        // The first tick lists all processes. The parent goes when both stat lines were read and nothing came of them
        // yet.
        afterLook = pid -> {
            if (pid == Math.max(daemon, middle) && looked.compareAndSet(false, true)) {
                endOf(middle, root);
            }
        };

        tracked.until("the daemon", () -> pids(group).contains(daemon));

        assertThat(looked).isTrue();
    }

    private static void endOf(long pid, Process root) {
        try {
            release(root);
            waitFor("the end of " + pid, () -> !Files.exists(Path.of("/proc", Long.toString(pid))));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theLastOneLeftIsKnownByItsCookieWhenTheRootDiedAtOnce() throws Exception {
        Process root = tracked.start(group, "sh", "-c", "sleep 1000 & exit 0");
        root.waitFor();

        tracked.until("the orphan", () -> {
            tracked.fullTick();
            return group.usage().count() == 1 && group.usage().command(0).equals("sleep");
        });

        assertThat(group.isEmpty()).isFalse();
    }

    @Test
    void aMemberStaysOneWhateverItDoes() throws Exception {
        Process root = tracked.python(group, PLAIN + """
                        middle = os.fork()
                        if middle == 0:
                            child = os.fork()
                            if child == 0:
                                say(os.getpid())
                                sys.stdin.readline()
                                os.setsid()
                                os.execve('/bin/sleep', ['sleep', '1000'], {})
                            sys.stdin.close()
                            os.waitpid(child, 0)
                        say(middle)
                        sys.stdin.close()
                        os.waitpid(middle, 0)
                        time.sleep(1000)
                        """);
        long first = Long.parseLong(line(root));
        long second = Long.parseLong(line(root));
        tracked.until("all three", () -> group.usage().count() == 3);
        long middle = Tracked.field(first, 4) == root.pid() ? first : second;
        long child = middle == first ? second : first;
        ProcessHandle.of(middle).orElseThrow().destroyForcibly();
        waitFor("the death of the parent", () -> !lives(middle));
        release(root);
        waitFor("the new program", () -> Files.readString(Path.of("/proc", Long.toString(child), "comm"))
                .equals("sleep\n"));
        assertThat(Tracked.field(child, 6)).isEqualTo(child);

        tracked.until("the parent's leave", () -> !pids(group).contains(middle));
        for (int i = 0; i < 5; i++) {
            tracked.fullTick();
        }

        assertThat(pids(group)).containsExactly(root.pid(), child);
        assertThat(group.usage().command(row(group, child))).isEqualTo("sleep");
    }

    @Test
    void childrenOfAThreadThatIsNotTheFirstAreMembers() throws Exception {
        Process root = tracked.python(group, PLAIN + """
                        def storm():
                            for i in range(300):
                                if os.fork() == 0:
                                    if i % 10:
                                        os._exit(0)
                                    time.sleep(1000)
                        thread = threading.Thread(target=storm)
                        thread.start()
                        thread.join()
                        say('forked')
                        time.sleep(1000)
                        """);
        tracked.until("the root", () -> group.usage().count() > 0);
        while (root.getInputStream().available() == 0) {
            tracked.tick();
        }

        tracked.until("30 children that stayed", () -> group.usage().count() == 31);
    }

    @Test
    void aStormOfForksBetweenTwoTicksIsFoundByLookingAtAll() throws Exception {
        Process root = tracked.python(group, PLAIN + """
                        sys.stdin.readline()
                        for i in range(1500):
                            child = os.fork()
                            if child == 0:
                                if i % 100:
                                    os._exit(0)
                                time.sleep(1000)
                            if i % 100:
                                os.waitpid(child, 0)
                        say('forked')
                        time.sleep(1000)
                        """);
        tracked.until("the root", () -> group.usage().count() == 1);
        release(root);
        assertThat(line(root)).isEqualTo("forked");

        tracked.until("15 children that stayed", () -> group.usage().count() == 16);
    }

    @Test
    void aNewProgramInAProcessIsTheSameMemberByItsNewName() throws Exception {
        Process root = tracked.start(group, "sh", "-c", "echo ready; read line; exec sleep 1000");
        line(root);
        tracked.until("the shell", () -> group.usage().count() == 1);
        tracked.fullTick();
        assertThat(group.usage().command(0)).isEqualTo("sh");
        long start = group.usage().startTicks(0);

        release(root);
        tracked.until("the new name", () -> {
            tracked.fullTick();
            return group.usage().command(0).equals("sleep");
        });

        assertThat(pids(group)).containsExactly(root.pid());
        assertThat(group.usage().startTicks(0)).isEqualTo(start);
    }

    @Test
    void whoEndedIsNoMemberAndItsDescriptorsAreClosed() throws Exception {
        Process root = tracked.start(group, "sh", "-c", "sleep 1000 & echo $!; wait; read line");
        long child = Long.parseLong(line(root));
        tracked.until("both", () -> group.usage().count() == 2);
        tracked.fullTick();
        assertThat(Tracked.descriptorsOf(List.of(child))).isPositive();

        ProcessHandle.of(child).orElseThrow().destroyForcibly();
        tracked.until("the child's leave", () -> group.usage().count() == 1);
        tracked.until("the child's reaping", () -> Tracked.descriptorsOf(List.of(child)) == 0);

        assertThat(pids(group)).containsExactly(root.pid());
    }

    @Test
    void theEnvironmentOfTheBuilderIsLeftAsItWas() throws Exception {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", "echo $NBGUARD_COOKIE");
        builder.environment().put("NBGUARD_COOKIE", "outer");

        Process process = group.start(builder);

        assertThat(line(process)).matches("outer:[0-9a-f]{32}");
        assertThat(builder.environment()).containsEntry("NBGUARD_COOKIE", "outer");
        process.waitFor();
    }

    /** Reads a number and {@code word}, which two processes print in any order. */
    private static long twoLines(Process process, String word) throws Exception {
        String one = line(process);
        String two = line(process);
        assertThat(List.of(one, two)).contains(word);
        return Long.parseLong(one.equals(word) ? two : one);
    }
}

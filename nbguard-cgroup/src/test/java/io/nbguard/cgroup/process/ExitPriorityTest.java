package io.nbguard.cgroup.process;

import static io.nbguard.cgroup.process.Tracked.PLAIN;
import static io.nbguard.cgroup.process.Tracked.field;
import static io.nbguard.cgroup.process.Tracked.line;
import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.process.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The priority of what was killed, on real processes. */
class ExitPriorityTest {

    private static final String ORDINARY = "policy 0, priority 0";
    private static final int MANY = 1_000;
    private static final String RAISED = "policy 2, priority 1";

    private static final PidLaps LAPS = new PidLaps(Path.of("/proc"), System::nanoTime);

    private static final ProcessReader READER =
            Machine.of(Path.of("/proc"), PluginConfig.EMPTY).newReader();

    private final ExitPriority priority = ExitPriority.of(Machine.of(Path.of("/proc"), PluginConfig.EMPTY), LAPS)
            .orElseThrow();
    private Tracked tracked;

    @BeforeEach
    void open() throws Exception {
        tracked = new Tracked(PluginConfig.EMPTY);
    }

    @AfterEach
    void close() throws Exception {
        tracked.close();
    }

    /** Fields 40 and 41 of the stat lines of all threads; the tests' own rights decide what can be had. */
    private static List<String> threads(long pid) {
        List<String> seen = new ArrayList<>();
        for (String id : Path.of("/proc", Long.toString(pid), "task").toFile().list()) {
            String stat;
            try {
                stat = Files.readString(Path.of("/proc", Long.toString(pid), "task", id, "stat"));
            } catch (IOException e) {
                // It ended after it was listed: a JVM's own threads come and go.
                continue;
            }
            // From field 3 on: a thread's name may have spaces.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            seen.add("policy " + fields[38] + ", priority " + fields[37]);
        }
        return seen;
    }

    private ExitPriority.Threads listed(long pid) {
        return priority.threadsOf(pid, System.nanoTime(), READER);
    }

    private static String raisedWherePermitted() throws IOException {
        return ThreadPriorityTest.mayBeRealTime() ? RAISED : ORDINARY;
    }

    private Process ofThreeThreads() throws IOException {
        return ofThreads(3);
    }

    private Process ofThreads(int count) throws IOException {
        Process process = tracked.unrelated("python3", "-c", PLAIN + """
                for i in range(%d):
                    threading.Thread(target=time.sleep, args=(1000,)).start()
                say('ready')
                time.sleep(1000)
                """.formatted(count - 1));
        assertThat(line(process)).isEqualTo("ready");
        return process;
    }

    @ParameterizedTest
    @CsvSource({"on, 3", "on, 200", "off, 3", "off, 200"})
    void allThreadsAreListedAndNoMoreThanThereIsRoomFor(String jna, int count) throws Exception {
        Process process = ofThreads(count);
        ProcessReader reader = Machine.of(Path.of("/proc"), new PluginConfig(Map.of("cgroup.jna", jna)))
                .newReader();
        int[] ids = new int[MANY];
        int[] few = new int[2];

        int listed = reader.threads(process.pid(), ids);

        Integer[] expected = Arrays.stream(Path.of("/proc", Long.toString(process.pid()), "task")
                        .toFile()
                        .list())
                .map(Integer::valueOf)
                .toArray(Integer[]::new);
        assertThat(expected).hasSize(count);
        assertThat(Arrays.stream(ids, 0, listed).boxed()).containsExactlyInAnyOrder(expected);
        assertThat(reader.threads(process.pid(), few)).isEqualTo(2);
        assertThat(expected).contains(few[0], few[1]);
    }

    @Test
    void allThreadsOfAProcessAreRaised() throws Exception {
        Process victim = ofThreeThreads();
        assertThat(threads(victim.pid())).hasSize(3).containsOnly(ORDINARY);

        // Where there are few ids, a list that is some tens of milliseconds old is of no use.
        List<String> raised = Collections.nCopies(3, raisedWherePermitted());
        Tracked.waitFor("all to be raised", () -> {
            priority.raise(listed(victim.pid()));
            return threads(victim.pid()).equals(raised);
        });
    }

    @Test
    void idsThatMayBeOthersByNowAreLeftAsTheyAre() throws Exception {
        Process successor = ofThreeThreads();
        assertThat(threads(successor.pid())).hasSize(3).containsOnly(ORDINARY);
        ExitPriority.Threads listed = listed(successor.pid());
        long ids = Long.parseLong(
                ProcFiles.text(Path.of("/proc/sys/kernel/pid_max")).strip());
        long timeForALap = 2_000 * ids;

        priority.raise(new ExitPriority.Threads(listed.ids(), listed.provedNanos() - timeForALap));

        assertThat(threads(successor.pid())).hasSize(3).containsOnly(ORDINARY);
    }

    @Test
    void aProcessThatHasGoneIsPassedOver() throws Exception {
        Process gone = new ProcessBuilder("sleep", "1000").start();
        ExitPriority.Threads listed = listed(gone.pid());
        gone.destroyForcibly().waitFor();

        priority.raise(listed);

        assertThat(listed.ids()).hasSize(1);
        assertThat(listed(gone.pid()).ids()).isEmpty();
        assertThat(threads(ProcessHandle.current().pid())).containsOnly(ORDINARY);
    }

    @Test
    void aWarmUpChangesNothing() throws Exception {
        priority.warmUp(READER);

        assertThat(threads(ProcessHandle.current().pid())).containsOnly(ORDINARY);
    }

    /** A parent that does not ask keeps a dead child to be looked at. */
    @ParameterizedTest
    @CsvSource({"real-time, 1024, true", "real-time, 1, false", "nice, 1024, false", "none, 1024, false"})
    void aKilledProcessThatHeldMuchIsRaisedIfThatIsConfigured(String wish, long mib, boolean raised) throws Exception {
        String expected = raised ? raisedWherePermitted() : ORDINARY;
        // One that takes some tens of milliseconds raises no thread where there are few ids.
        Tracked.waitFor("one that leaves it at " + expected, () -> priorityOfAVictim(wish, mib)
                .equals(expected));
    }

    /** Kills a process, and returns the priority that it dies with. */
    private String priorityOfAVictim(String wish, long mib) throws Exception {
        Process parent = tracked.unrelated("python3", "-c", PLAIN + """
                child = os.fork()
                if child == 0:
                    time.sleep(1000)
                say(child)
                time.sleep(1000)
                """);
        long child = Long.parseLong(line(parent));
        Machine machine = Machine.of(Path.of("/proc"), new PluginConfig(Map.of("cgroup.priority", wish)));
        ProcessIdentity identity = new ProcessIdentity(child, field(child, 22));

        int killed = new PidfdSignals(machine, LAPS)
                .kill(List.of(new Signals.Victim(identity, mib << 20)), machine.newReader());

        assertThat(killed).isEqualTo(1);
        Tracked.waitFor("its death", () -> !Tracked.lives(child));
        return "policy " + field(child, 41) + ", priority " + field(child, 40);
    }
}

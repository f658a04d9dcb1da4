package io.nbguard.cgroup.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.process.ProcessGroup;
import io.nbguard.spi.process.SampleDepth;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What a tick costs while nothing is started: no allocation, and not one file more than the members'. */
@ParameterizedClass(name = "cgroup.jna = {0}")
@ValueSource(strings = {"on", "off"})
class SteadyTickTest {

    private static final int GROUPS = 3;
    private static final int PER_GROUP = 3;

    @Parameter
    String jna;

    private Tracked tracked;
    private long looks;
    private final List<ProcessGroup> groups = new ArrayList<>();

    @BeforeEach
    void open() throws Exception {
        Machine machine = Machine.of(Path.of("/proc"), new PluginConfig(Map.of("cgroup.jna", jna)));
        ProcessReader reader = machine.newReader();
        tracked = new Tracked(new ProcSession(
                machine,
                (pid, line) -> {
                    looks++;
                    return reader.read(pid, line);
                },
                PidCursor.open(machine),
                System::nanoTime));
        for (int i = 0; i < GROUPS; i++) {
            ProcessGroup group = tracked.group();
            tracked.start(group, "sh", "-c", "sleep 1000 & sleep 1000 & wait");
            groups.add(group);
        }
        tracked.until("all members", () -> groups.stream()
                .allMatch(group -> group.usage().count() == PER_GROUP));
    }

    @AfterEach
    void close() throws Exception {
        tracked.close();
    }

    @Test
    void aTickInWhichNothingWasStartedAllocatesNothing() {
        for (SampleDepth depth : SampleDepth.values()) {
            assertThat(leastAllocatedIn(() -> tracked.session.sample(depth)))
                    .as("bytes allocated by a tick, %s", depth)
                    .isZero();
        }
        // The measure itself sees a single object.
        assertThat(leastAllocatedIn(() -> groups.set(0, groups.set(0, groups.get(0)))))
                .isZero();
        List<Object> kept = new ArrayList<>(List.of(""));
        assertThat(leastAllocatedIn(() -> kept.set(0, new Object[1]))).isPositive();
    }

    @Test
    void aTickInWhichNothingWasStartedOpensNothingAndReadsEachMemberOnce() throws Exception {
        int ticks = 20;
        long leastLooks = Long.MAX_VALUE;
        long leastReads = Long.MAX_VALUE;
        tracked.until("steadiness", () -> true);
        for (int round = 0; round < 50; round++) {
            long looksBefore = looks;
            long readsBefore = readsOfThisThread();
            for (int i = 0; i < ticks; i++) {
                tracked.tick();
            }
            leastReads = Math.min(leastReads, readsOfThisThread() - readsBefore);
            leastLooks = Math.min(leastLooks, looks - looksBefore);
        }

        assertThat(leastLooks).isZero();
        // Each member once, and where the PID cursor is; asking for the count takes two reads itself.
        assertThat(leastReads).isBetween(ticks * (GROUPS * PER_GROUP + 1L), ticks * (GROUPS * PER_GROUP + 1L) + 3);
    }

    private static long readsOfThisThread() throws Exception {
        String line = Files.readAllLines(Path.of("/proc/thread-self/io")).get(2);
        assertThat(line).startsWith("syscr: ");
        return Long.parseLong(line.substring(7));
    }

    /** A process or thread that starts anywhere on this machine makes a tick look for it: the least of many ticks is the steady one. */
    private static long leastAllocatedIn(Runnable work) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        for (int i = 0; i < 2000; i++) {
            work.run();
        }
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 200; round++) {
            long before = threads.getThreadAllocatedBytes(self);
            for (int i = 0; i < 20; i++) {
                work.run();
            }
            least = Math.min(least, threads.getThreadAllocatedBytes(self) - before);
        }
        return least;
    }
}

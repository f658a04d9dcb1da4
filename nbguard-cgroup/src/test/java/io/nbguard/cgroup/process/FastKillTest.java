package io.nbguard.cgroup.process;

import static io.nbguard.cgroup.process.Tracked.PLAIN;
import static io.nbguard.cgroup.process.Tracked.line;
import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.process.ProcessGroup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A kill on the sampling thread, at the crossing of the threshold: what it looks at, and what it has done when it returns. */
class FastKillTest {

    private static final long MIB = 1 << 20;

    @Test
    void theHeaviestGoesFirstAndOnlyKnownProcessesAreRead() throws Exception {
        Machine machine = Machine.of(Path.of("/proc"), PluginConfig.EMPTY);
        ProcessReader reader = machine.newReader();
        List<Long> looks = new ArrayList<>();
        machine.spareReaders().add((pid, line) -> {
            looks.add(pid);
            return reader.read(pid, line);
        });
        try (Tracked tracked =
                new Tracked(new ProcSession(machine, machine.newReader(), PidCursor.open(machine), System::nanoTime))) {
            ProcessGroup group = tracked.group();
            Process root = tracked.python(group, PLAIN + """
                    def child(mib):
                        pid = os.fork()
                        if pid == 0:
                            block = bytearray(b'x') * (mib << 20)
                            say('full')
                            time.sleep(1000)
                        return pid
                    light, heavy, other = child(0), child(40), child(1)
                    while True:
                        time.sleep(1000)
                    """);
            for (int i = 0; i < 3; i++) {
                assertThat(line(root)).isEqualTo("full");
            }
            tracked.until(
                    "the memory",
                    () -> group.usage().count() == 4 && group.usage().largestPrivateBytes() > 40 * MIB);
            int heaviest = 0;
            for (int i = 1; i < 4; i++) {
                heaviest = group.usage().rssBytes(i) > group.usage().rssBytes(heaviest) ? i : heaviest;
            }
            long heavy = group.usage().pid(heaviest);
            looks.clear();

            assertThat(group.kill()).isEqualTo(4);

            assertThat(looks).hasSize(4).startsWith(heavy).endsWith(root.pid()).containsAll(Tracked.pids(group));
        }
    }

    @Test
    void aWarmUpHarmsNoChildOfThisProcess() throws Exception {
        try (Tracked tracked = new Tracked(PluginConfig.EMPTY)) {
            Process child = tracked.unrelated("sleep", "1000");
            ProcessGroup group = tracked.group();
            Process member = tracked.start(group, "sleep", "1000");
            tracked.until("the member", () -> group.usage().count() == 1);

            try (ProcSession another = (ProcSession) new ProcTracker().open(PluginConfig.EMPTY)) {
                for (int i = 0; i < 100; i++) {
                    another.warmUp();
                    tracked.session.warmUp();
                }
            }

            assertThat(child.waitFor(300, TimeUnit.MILLISECONDS)).isFalse();
            assertThat(member.isAlive()).isTrue();
        }
    }

    /** At an ordinary priority, among others who want the processors, the victim does not even begin to die meanwhile. */
    @Test
    void memoryIsBackWhenTheKillReturns() throws Exception {
        try (MemoryGroup limited = MemoryGroup.limitedTo(1024 * MIB);
                Tracked tracked = new Tracked(new PluginConfig(Map.of("cgroup.priority", "none")))) {
            ProcessGroup group = tracked.group();
            Process root = tracked.start(group, limited.joinedBy("python3", "-c", PLAIN + """
                    child = os.fork()
                    if child == 0:
                        # Dying alone, it would hardly get to run.
                        os.nice(19)
                        block = bytearray(b'x') * (512 << 20)
                        say('full')
                        time.sleep(1000)
                    os.waitpid(child, 0)
                    time.sleep(1000)
                    """));
            assertThat(line(root)).isEqualTo("full");
            tracked.until("the memory", () -> group.usage().largestPrivateBytes() > 512 * MIB);
            assertThat(limited.usedBytes()).isGreaterThan(512 * MIB);
            for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
                tracked.unrelated("sh", "-c", "while :; do :; done");
            }

            group.kill();

            assertThat(limited.usedBytes()).isLessThan(128 * MIB);
        }
    }
}

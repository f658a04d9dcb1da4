package io.nbguard.cgroup.leaf;

import static io.nbguard.cgroup.leaf.GroupTree.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.nbguard.cgroup.node.WatchedFile;
import io.nbguard.cgroup.process.Processes;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.process.GroupUsage;
import io.nbguard.spi.process.SampleDepth;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A leaf of plain files, whose members are real processes. */
@EnabledOnOs(OS.LINUX)
class LeafReadingTest {

    private static final long SELF = ProcessHandle.current().pid();

    @TempDir
    Path root;

    private GroupTree tree;
    private LeafReading reading;

    @BeforeEach
    void aLeaf() {
        tree = new GroupTree(root);
        tree.group("leaf", "domain\n")
                .memory("leaf", "max", 700, 200)
                .set("leaf", "cpu.stat", "usage_usec 1500\nuser_usec 1000\nsystem_usec 500\n")
                .set("leaf", "io.stat", "8:0 rbytes=4096 wbytes=100 rios=1 wios=1\n8:16 rbytes=1 wbytes=10 rios=1\n")
                .set("leaf", "cgroup.procs", SELF + "\n");
        reading = new LeafReading(
                new Group(tree.path("leaf")),
                Processes.of(PluginConfig.EMPTY).newReader(),
                new WatchedFile.Desk(System::nanoTime));
    }

    @AfterEach
    void close() {
        reading.close();
    }

    private GroupUsage read(SampleDepth depth) {
        reading.read(depth, SELF);
        return reading.usage();
    }

    @Test
    void theKernelsAccountOfTheWholeLeafIsTaken() {
        GroupUsage usage = read(SampleDepth.FULL);

        assertThat(usage.chargedBytes()).isEqualTo(500 * MIB);
        assertThat(usage.totalCpuNanos()).isEqualTo(1_500_000);
        assertThat(usage.ioReadBytes()).isEqualTo(4097);
        assertThat(usage.ioWrittenBytes()).isEqualTo(110);
    }

    @Test
    void eachMemberHasARow() {
        GroupUsage usage = read(SampleDepth.FULL);

        assertThat(usage.count()).isEqualTo(1);
        assertThat(usage.pid(0)).isEqualTo(SELF);
        assertThat(usage.rssBytes(0)).isPositive().isEqualTo(usage.totalRssBytes());
        assertThat(usage.cpuNanos(0)).isPositive();
        assertThat(usage.threads(0)).isGreaterThan(1);
    }

    @Test
    void theRootsRowIsTheFirst() throws IOException {
        Process child = new ProcessBuilder("sleep", "60").start();
        try {
            tree.set("leaf", "cgroup.procs", child.pid() + "\n" + SELF + "\n");

            GroupUsage usage = read(SampleDepth.FULL);

            assertThat(usage.count()).isEqualTo(2);
            assertThat(usage.pid(0)).isEqualTo(SELF);
            assertThat(usage.pid(1)).isEqualTo(child.pid());
            assertThat(usage.parentPid(1)).isEqualTo(SELF);
        } finally {
            child.destroyForcibly();
        }
    }

    @Test
    void whoHasEndedOrLeftHasNoRow() throws IOException, InterruptedException {
        Process child = new ProcessBuilder("sleep", "60").start();
        tree.set("leaf", "cgroup.procs", SELF + "\n" + child.pid() + "\n");
        assertThat(read(SampleDepth.FULL).count()).isEqualTo(2);

        child.destroyForcibly().waitFor();
        assertThat(read(SampleDepth.FULL).count()).isEqualTo(1);

        tree.set("leaf", "cgroup.procs", "");
        assertThat(read(SampleDepth.FULL).count()).isZero();
    }

    @Test
    void aLightSampleLooksAtTheLeafAndKeepsTheRows() {
        read(SampleDepth.FULL);
        tree.memory("leaf", "max", 900, 100)
                .set("leaf", "cpu.stat", "usage_usec 2500\n")
                .set("leaf", "cgroup.procs", "");

        GroupUsage usage = read(SampleDepth.USAGE);

        assertThat(usage.chargedBytes()).isEqualTo(800 * MIB);
        assertThat(usage.totalCpuNanos()).isEqualTo(2_500_000);
        assertThat(usage.count()).isEqualTo(1);
        assertThat(usage.ioReadBytes()).isEqualTo(4097);
    }

    @Test
    void membersInGroupsThatTheNotebookMadeAreFound() {
        tree.set("leaf", "cgroup.procs", "")
                .set("leaf", "cgroup.stat", "nr_descendants 1\n")
                .group("leaf/inner", "domain\n")
                .set("leaf/inner", "cgroup.procs", SELF + "\n");

        assertThat(read(SampleDepth.FULL).count()).isEqualTo(1);
    }

    @Test
    void filesThatAreNotThereDegradeOneNumberEach() throws IOException {
        Files.delete(tree.path("leaf").resolve("io.stat"));
        Files.delete(tree.path("leaf").resolve("memory.stat"));

        GroupUsage usage = read(SampleDepth.FULL);

        assertThat(usage.ioReadBytes()).isEqualTo(-1);
        assertThat(usage.chargedBytes()).isEqualTo(-1);
        assertThat(usage.totalCpuNanos()).isEqualTo(1_500_000);
        assertThat(usage.count()).isEqualTo(1);
    }

    @Test
    void aSteadySampleAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 3_000; i++) {
            read(i % 10 == 0 ? SampleDepth.FULL : SampleDepth.USAGE);
        }
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 20; attempt++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 100; i++) {
                read(i % 10 == 0 ? SampleDepth.FULL : SampleDepth.USAGE);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).isZero();
    }
}

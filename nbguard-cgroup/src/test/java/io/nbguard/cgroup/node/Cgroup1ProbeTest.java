package io.nbguard.cgroup.node;

import static io.nbguard.cgroup.node.Fixture.show;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.probe.Gauge;
import io.nbguard.spi.probe.NodeGauges;
import io.nbguard.spi.probe.ProbeSession;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In Docker on cgroup v1, with the host's cgroup namespace, as its default was. */
class Cgroup1ProbeTest {

    private static final String MEMORY = "sys/fs/cgroup/memory";
    private static final String CPU = "sys/fs/cgroup/cpu,cpuacct";

    @TempDir
    Path root;

    private Fixture fixture;
    private ProbeSession session;

    @BeforeEach
    void start() {
        fixture = new Fixture(root);
        fixture.file("proc/self/cgroup", "5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n0::/docker/abc\n");
        fixture.mounts(
                "32 20 0:28 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory",
                "33 20 0:29 /docker/abc /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct");
        fixture.memory1(MEMORY);
        fixture.cpu1(CPU);
        fixture.file("proc/pressure/memory", Fixture.pressure("1.50"));
        fixture.file("proc/pressure/cpu", Fixture.pressure("3.00"));
    }

    /** The host's own view: our group is two below the top. */
    private void onTheHost() {
        fixture.mounts(
                "32 20 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory",
                "33 20 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct");
        fixture.memory1(MEMORY + "/docker");
        fixture.memory1(MEMORY + "/docker/abc");
        fixture.cpu1(CPU + "/docker");
        fixture.cpu1(CPU + "/docker/abc");
        fixture.remove(CPU + "/cpu.cfs_quota_us");
    }

    private void open() throws UnavailableException {
        session = new Cgroup1Probe(root, fixture::nanoTime).open(PluginConfig.EMPTY);
    }

    private String sampled(Gauge gauge) {
        return show(session, gauge);
    }

    private String source(Gauge gauge) {
        NodeGauges gauges = new NodeGauges();
        session.sample(gauges);
        return gauges.source(gauge);
    }

    @AfterEach
    void close() {
        if (session != null) {
            session.close();
        }
    }

    @Test
    void everyGaugeIsReadInItsUnit() throws Exception {
        fixture.file(MEMORY + "/memory.limit_in_bytes", "2147483648\n");
        fixture.file(CPU + "/cpu.cfs_quota_us", "50000\n");
        open();

        assertThat(sampled(Gauge.MEMORY_CURRENT)).isEqualTo("1073741824");
        assertThat(sampled(Gauge.MEMORY_LIMIT)).isEqualTo("2147483648");
        assertThat(sampled(Gauge.MEMORY_INACTIVE_FILE)).isEqualTo("400");
        assertThat(sampled(Gauge.MEMORY_FILE_CACHE)).isEqualTo("700");
        assertThat(sampled(Gauge.MEMORY_RECLAIMABLE_SLAB)).startsWith("unavailable: cgroup v1");
        assertThat(sampled(Gauge.MEMORY_OOM_KILLS)).isEqualTo("6");
        assertThat(sampled(Gauge.MEMORY_PRESSURE)).isEqualTo("15000");
        assertThat(sampled(Gauge.CPU_USAGE)).isEqualTo("987654321");
        assertThat(sampled(Gauge.CPU_LIMIT)).isEqualTo("500");
        assertThat(sampled(Gauge.CPU_THROTTLED_PERIODS)).isEqualTo("5");
        assertThat(sampled(Gauge.CPU_PRESSURE)).isEqualTo("30000");
        assertThat(source(Gauge.MEMORY_CURRENT))
                .isEqualTo("cgroup1 " + root.resolve(MEMORY + "/memory.usage_in_bytes"));
        assertThat(source(Gauge.MEMORY_PRESSURE)).isEqualTo("host " + root.resolve("proc/pressure/memory"));
        assertThat(session.description())
                .isEqualTo("cgroup v1 at " + root.resolve(MEMORY) + " (limit 2.0 GiB set at " + root.resolve(MEMORY)
                        + ")");
    }

    @Test
    void theLargestNumberOfPagesOfAnySizeIsNoLimit() throws Exception {
        open();
        for (String none : new String[] {"9223372036854771712", "9223372036854775807", "9223372036854710272"}) {
            fixture.file(MEMORY + "/memory.limit_in_bytes", none + "\n");
            assertThat(sampled(Gauge.MEMORY_LIMIT)).isEqualTo("unlimited");
        }
        assertThat(sampled(Gauge.CPU_LIMIT)).isEqualTo("unlimited");
    }

    @Test
    void theGroupWithTheLeastRoomCounts() throws Exception {
        onTheHost();
        fixture.file(MEMORY + "/docker/abc/memory.limit_in_bytes", "4294967296\n");
        fixture.file(MEMORY + "/docker/memory.limit_in_bytes", "8589934592\n");
        fixture.file(MEMORY + "/docker/memory.usage_in_bytes", "8589934000\n");
        fixture.file(MEMORY + "/docker/memory.oom_control", "oom_kill 100\n");
        open();

        assertThat(sampled(Gauge.MEMORY_LIMIT)).isEqualTo("8589934592");
        assertThat(sampled(Gauge.MEMORY_CURRENT)).isEqualTo("8589934000");
        // v1 counts a kill in the victim's own group only.
        assertThat(sampled(Gauge.MEMORY_OOM_KILLS)).isEqualTo("6");
    }

    @Test
    void aGroupAboveOneWithoutHierarchyDoesNotBoundUs() throws Exception {
        onTheHost();
        fixture.file(MEMORY + "/docker/memory.use_hierarchy", "0\n");
        fixture.file(MEMORY + "/docker/memory.limit_in_bytes", "1\n");
        open();

        assertThat(sampled(Gauge.MEMORY_LIMIT)).isEqualTo("unlimited");
    }

    @Test
    void aLimitThatCannotBeSeenIsNeitherOursNorNone() throws Exception {
        hiddenLimit("3221225472");
        open();

        assertThat(sampled(Gauge.MEMORY_LIMIT)).startsWith("unavailable: a cgroup above");
        assertThat(sampled(Gauge.MEMORY_CURRENT)).isEqualTo("1073741824");
        assertThat(session.description()).contains("no memory limit").contains("limited to 3.0 GiB");

        fixture.file(MEMORY + "/memory.limit_in_bytes", "4294967296\n");
        assertThat(sampled(Gauge.MEMORY_LIMIT)).isEqualTo("4294967296");
        assertThat(session.description()).contains("limit 4.0 GiB").contains("limited to 3.0 GiB");

        fixture.file(MEMORY + "/memory.limit_in_bytes", "3221225472\n");
        assertThat(sampled(Gauge.MEMORY_LIMIT)).isEqualTo("3221225472");
        assertThat(session.description()).doesNotContain("limited to");
    }

    @Test
    void aHiddenLimitAboveTheMachinesMemoryIsNone() throws Exception {
        hiddenLimit("68719476736");
        open();

        assertThat(sampled(Gauge.MEMORY_LIMIT)).isEqualTo("unlimited");
    }

    private void hiddenLimit(String bytes) {
        fixture.file(
                MEMORY + "/memory.stat",
                "hierarchical_memory_limit " + bytes
                        + "\ntotal_dirty 0\ntotal_writeback 0\ntotal_inactive_file 4\ntotal_active_file 3\n");
    }

    @Test
    void cpuAndCpuacctMayBeMountedApart() throws Exception {
        fixture.file("proc/self/cgroup", "6:cpu:/c/d\n5:cpuacct:/c/d\n4:memory:/\n0::/\n");
        fixture.mounts(
                "32 20 0:28 / /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory",
                "33 20 0:29 / /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu",
                "34 20 0:30 / /sys/fs/cgroup/cpuacct ro - cgroup cgroup rw,cpuacct");
        for (String group : new String[] {"", "/c", "/c/d"}) {
            fixture.file("sys/fs/cgroup/cpu" + group + "/cpu.cfs_quota_us", "-1\n");
            fixture.file("sys/fs/cgroup/cpu" + group + "/cpu.cfs_period_us", "100000\n");
            fixture.file("sys/fs/cgroup/cpuacct" + group + "/cpuacct.usage", "1" + group.length() + "\n");
        }
        open();
        assertThat(sampled(Gauge.CPU_USAGE)).isEqualTo("14");

        fixture.file("sys/fs/cgroup/cpu/c/cpu.cfs_quota_us", "30000\n");
        assertThat(sampled(Gauge.CPU_LIMIT)).isEqualTo("300");
        assertThat(sampled(Gauge.CPU_USAGE)).isEqualTo("12");
    }

    @Test
    void aBrokenPeriodIsToldAsSuch() throws Exception {
        fixture.file(CPU + "/cpu.cfs_quota_us", "50000\n");
        fixture.file(CPU + "/cpu.cfs_period_us", "0\n");
        open();

        assertThat(sampled(Gauge.CPU_LIMIT)).isEqualTo("unavailable: " + WatchedFile.MALFORMED);
        assertThat(source(Gauge.CPU_LIMIT)).endsWith("cpu.cfs_period_us");
    }

    @Test
    void withoutACpuHierarchyTheMemoryIsStillRead() throws Exception {
        fixture.file("proc/self/cgroup", "4:memory:/docker/abc\n");
        open();

        assertThat(sampled(Gauge.MEMORY_CURRENT)).isEqualTo("1073741824");
        assertThat(sampled(Gauge.CPU_USAGE)).startsWith("unavailable: this process is in no cgroup v1 cpu");
        assertThat(sampled(Gauge.CPU_LIMIT)).startsWith("unavailable");
    }

    @Test
    void withoutPressureInformationTheReasonIsTold() throws Exception {
        fixture.remove("proc/pressure");
        open();

        assertThat(sampled(Gauge.MEMORY_PRESSURE)).contains("psi=1");
        assertThat(sampled(Gauge.MEMORY_OOM_KILLS)).isEqualTo("6");
    }

    @Test
    void aMachineWithoutCgroup1IsRefused() {
        fixture.file("proc/self/cgroup", "0::/\n");

        assertThatThrownBy(this::open)
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("in no cgroup v1 memory hierarchy");

        fixture.file("proc/self/cgroup", "4:memory:/docker/abc\n");
        fixture.remove(MEMORY + "/memory.usage_in_bytes");
        assertThatThrownBy(this::open).hasMessageContaining("no memory.usage_in_bytes");
    }
}

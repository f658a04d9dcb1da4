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

class HostProbeTest {

    @TempDir
    Path root;

    private Fixture fixture;
    private ProbeSession session;

    @BeforeEach
    void start() throws Exception {
        fixture = new Fixture(root);
        fixture.file("proc/stat", "cpu  100 20 30 5000 600 7 8 9 50 10\ncpu0 1 1 1 1 1 1 1 1 1 1\nintr 5\n");
        fixture.file("proc/vmstat", "nr_free_pages 5\noom_kill 3\n");
        fixture.file("proc/pressure/memory", Fixture.pressure("0.10"));
        fixture.file("proc/pressure/cpu", Fixture.pressure("99.99"));
        open();
    }

    private void open() throws UnavailableException {
        session = new HostProbe(root, fixture::nanoTime).open(PluginConfig.EMPTY);
    }

    private String sampled(Gauge gauge) {
        return show(session, gauge);
    }

    @AfterEach
    void close() {
        session.close();
    }

    @Test
    void whatIsNotAvailableIsUsed() {
        assertThat(sampled(Gauge.MEMORY_LIMIT)).isEqualTo("34359738368");
        assertThat(sampled(Gauge.MEMORY_CURRENT)).isEqualTo("12884901888");
        assertThat(sampled(Gauge.MEMORY_FILE_CACHE)).isEqualTo("0");
        assertThat(sampled(Gauge.MEMORY_INACTIVE_FILE)).isEqualTo("0");
        assertThat(sampled(Gauge.MEMORY_RECLAIMABLE_SLAB)).isEqualTo("0");
        assertThat(sampled(Gauge.MACHINE_OOM_KILLS)).isEqualTo("3");
        assertThat(sampled(Gauge.MEMORY_OOM_KILLS))
                .as("an OOM kill elsewhere on the machine is not the node's")
                .isEqualTo("unavailable: counted for the machine as a whole only");
        assertThat(sampled(Gauge.MEMORY_PRESSURE)).isEqualTo("1000");
        assertThat(session.description()).isEqualTo("the whole machine (32.0 GiB of memory)");
    }

    @Test
    void waitingIsNoUseAndGuestsAreCountedOnce() {
        assertThat(sampled(Gauge.CPU_USAGE)).isEqualTo((100 + 20 + 30 + 7 + 8 + 9) + "0000000");
        assertThat(sampled(Gauge.CPU_LIMIT)).isEqualTo("unlimited");
        assertThat(sampled(Gauge.CPU_THROTTLED_PERIODS)).startsWith("unavailable");
        assertThat(sampled(Gauge.CPU_PRESSURE)).isEqualTo("999900");
    }

    @Test
    void betweenSamplesOnlyTheMemoryInUseIsRead() {
        NodeGauges gauges = new NodeGauges();
        session.sampleMemory(gauges);

        assertThat(show(gauges, Gauge.MEMORY_CURRENT)).isEqualTo("12884901888");
        assertThat(gauges.hasValue(Gauge.MEMORY_LIMIT)).isFalse();
    }

    @Test
    void garbageDegradesWhatItConcernsAndPasses() {
        fixture.file("proc/stat", "cpu 1 2 3\n");
        fixture.file("proc/vmstat", "nothing\n");
        assertThat(sampled(Gauge.CPU_USAGE)).startsWith("unavailable");
        assertThat(sampled(Gauge.MACHINE_OOM_KILLS)).isEqualTo("unavailable: no number 'oom_kill' in the file");
        assertThat(sampled(Gauge.MEMORY_LIMIT)).isEqualTo("34359738368");

        fixture.file("proc/meminfo", "MemTotal: 1 kB\n");
        assertThat(sampled(Gauge.MEMORY_CURRENT)).isEqualTo("unavailable: " + WatchedFile.MALFORMED);
        assertThat(sampled(Gauge.MEMORY_LIMIT)).startsWith("unavailable");
        assertThat(sampled(Gauge.MEMORY_FILE_CACHE)).startsWith("unavailable");

        fixture.file("proc/meminfo", "MemAvailable: 1 kB\nMemTotal: 3 kB\n");
        assertThat(sampled(Gauge.MEMORY_CURRENT)).isEqualTo("2048");
    }

    @Test
    void withoutMeminfoItIsRefused() {
        fixture.remove("proc/meminfo");

        assertThatThrownBy(this::open)
                .hasMessageContaining("no such file")
                .isInstanceOfSatisfying(
                        UnavailableException.class, e -> assertThat(e.cure()).contains("/proc/meminfo"));
    }

    @Test
    void thisMachineIsRead() throws Exception {
        try (ProbeSession real = new HostProbe().open(PluginConfig.EMPTY)) {
            NodeGauges gauges = new NodeGauges();
            real.sample(gauges);
            long first = gauges.value(Gauge.CPU_USAGE);
            assertThat(gauges.value(Gauge.MEMORY_CURRENT)).isBetween(1L << 20, gauges.value(Gauge.MEMORY_LIMIT));
            assertThat(gauges.hasValue(Gauge.MACHINE_OOM_KILLS)).isTrue();

            long until = System.nanoTime() + 10_000_000_000L;
            while (gauges.value(Gauge.CPU_USAGE) == first && System.nanoTime() < until) {
                real.sample(gauges);
            }
            assertThat(gauges.value(Gauge.CPU_USAGE)).isGreaterThan(first);
        }
    }
}

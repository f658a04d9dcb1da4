package io.nbguard.cgroup.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.probe.NodeGauges;
import io.nbguard.spi.probe.ProbeSession;
import io.nbguard.spi.probe.ResourceProbe;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sampling thread must not feed the garbage collector: a pause of it is the longest that the watchdog is blind. */
@Tag("slow")
class SteadySampleTest {

    private static final int SAMPLES = 10_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    Path root;

    private final NodeGauges gauges = new NodeGauges();

    @Test
    void cgroup2AllocatesNothing() throws Exception {
        Fixture fixture = Fixture.privateNamespace(root);
        fixture.file("proc/self/cgroup", "0::/pod/box\n");
        fixture.group2("sys/fs/cgroup/pod");
        fixture.group2("sys/fs/cgroup/pod/box");
        fixture.file("sys/fs/cgroup/pod/memory.max", "4294967296\n");
        fixture.file("sys/fs/cgroup/pod/cpu.max", "200000 100000\n");

        assertAllocatesNothing(new Cgroup2Probe(root, fixture::nanoTime));
    }

    @Test
    void filesThatCannotBeReadAllocateNothingEither() throws Exception {
        Fixture fixture = Fixture.privateNamespace(root);
        fixture.makeUnreadable("sys/fs/cgroup/memory.stat");
        fixture.makeUnreadable("sys/fs/cgroup/cpu.max");
        fixture.remove("sys/fs/cgroup/memory.pressure");
        fixture.file("sys/fs/cgroup/memory.max", "garbage\n");

        assertAllocatesNothing(new Cgroup2Probe(root, fixture::nanoTime));
    }

    @Test
    void cgroup1AllocatesNothing() throws Exception {
        Fixture fixture = new Fixture(root);
        fixture.file("proc/self/cgroup", "5:cpu,cpuacct:/\n4:memory:/\n");
        fixture.mounts(
                "32 20 0:28 / /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory",
                "33 20 0:29 / /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu,cpuacct");
        fixture.memory1("sys/fs/cgroup/memory");
        fixture.cpu1("sys/fs/cgroup/cpu");
        fixture.file("sys/fs/cgroup/memory/memory.limit_in_bytes", "4294967296\n");

        assertAllocatesNothing(new Cgroup1Probe(root, fixture::nanoTime));
    }

    @Test
    void theRealMachineAllocatesNothing() throws Exception {
        assertAllocatesNothing(new HostProbe());
    }

    private void assertAllocatesNothing(ResourceProbe probe) throws Exception {
        try (ProbeSession session = probe.open(PluginConfig.EMPTY)) {
            sample(session);
            long before = allocated();
            sample(session);
            assertThat(allocated() - before)
                    .as("bytes in %d samples", SAMPLES)
                    // What the measuring itself, or a file tried again after a second, may cost; an object a sample is
                    // ten times as much.
                    .isLessThan(SAMPLES);

            before = allocated();
            for (int i = 0; i < SAMPLES; i++) {
                session.sample(gauges);
                garbage = new byte[1];
            }
            assertThat(allocated() - before)
                    .as("the meter sees one small object a sample")
                    .isGreaterThan(10L * SAMPLES);
        }
    }

    @SuppressWarnings("unused")
    private byte[] garbage;

    private void sample(ProbeSession session) {
        for (int i = 0; i < SAMPLES; i++) {
            session.sample(gauges);
            session.sampleMemory(gauges);
        }
    }

    private static long allocated() {
        return THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
    }
}

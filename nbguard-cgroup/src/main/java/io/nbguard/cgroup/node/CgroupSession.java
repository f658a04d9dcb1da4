package io.nbguard.cgroup.node;

import io.nbguard.spi.probe.Gauge;
import io.nbguard.spi.probe.NodeGauges;
import io.nbguard.spi.probe.ProbeSession;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** An open cgroup probe of either version. */
final class CgroupSession implements ProbeSession {

    private static final Gauge[] CPU = {
        Gauge.CPU_USAGE, Gauge.CPU_LIMIT, Gauge.CPU_THROTTLED_PERIODS, Gauge.CPU_PRESSURE
    };

    private final String title;
    private final Path own;
    private final MemoryLevels memory;
    private final MachineMemory machine;
    private final @Nullable CpuLevels cpu;
    private final String noCpu;

    /**
     * Makes a session of open parts, which it closes.
     *
     * @param cpu null where the CPU cannot be read from this version of cgroups
     * @param noCpu why not; empty if it can
     */
    CgroupSession(
            String title, Path own, MemoryLevels memory, MachineMemory machine, @Nullable CpuLevels cpu, String noCpu) {
        this.title = title;
        this.own = own;
        this.memory = memory;
        this.machine = machine;
        this.cpu = cpu;
        this.noCpu = noCpu;
    }

    @Override
    public void sample(NodeGauges into) {
        memory.sample(into);
        if (cpu != null) {
            cpu.sample(into);
            return;
        }
        for (Gauge gauge : CPU) {
            into.unavailable(gauge, noCpu, title);
        }
    }

    @Override
    public void sampleMemory(NodeGauges into) {
        memory.sampleCurrent(into);
    }

    @Override
    public String description() {
        return title + " at " + own + " (" + memory.describe() + ")";
    }

    @Override
    public void close() {
        memory.close();
        machine.close();
        if (cpu != null) {
            cpu.close();
        }
    }
}

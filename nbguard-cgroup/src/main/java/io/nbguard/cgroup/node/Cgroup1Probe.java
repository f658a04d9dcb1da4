package io.nbguard.cgroup.node;

import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.probe.Gauge;
import io.nbguard.spi.probe.NodeGauges;
import io.nbguard.spi.probe.ProbeSession;
import io.nbguard.spi.probe.ResourceProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Reads the node from cgroup v1 (Documentation/admin-guide/cgroup-v1). Pressure is the machine's there, as v1 keeps
 * none for a group; each controller is found in the hierarchy that it is mounted in.
 */
public final class Cgroup1Probe implements ResourceProbe {

    private static final String TITLE = "cgroup v1";

    private final Path root;
    private final LongSupplier nanoTime;

    /** Makes the probe of this machine. */
    public Cgroup1Probe() {
        this(Path.of("/"));
    }

    /**
     * Makes a probe of a tree of files.
     *
     * @param root what stands for {@code /}
     */
    public Cgroup1Probe(Path root) {
        this(root, System::nanoTime);
    }

    Cgroup1Probe(Path root, LongSupplier nanoTime) {
        this.root = root;
        this.nanoTime = nanoTime;
    }

    @Override
    public String name() {
        return "nbguard-cgroup1";
    }

    @Override
    public int preference() {
        return 200;
    }

    @Override
    public ProbeSession open(PluginConfig configuration) throws UnavailableException {
        Lineage lineage = Lineage.legacy(root, "memory");
        WatchedFile.Desk desk = new WatchedFile.Desk(nanoTime);
        MachineMemory machine = new MachineMemory(root, desk);
        PressureFile memoryPressure =
                new PressureFile(root.resolve("proc/pressure/memory"), "host", Gauge.MEMORY_PRESSURE, desk);
        MemoryLevels memory = new MemoryLevels(
                hierarchical(lineage.directories()).stream()
                        .map(directory -> MemoryLevel.v1(directory, memoryPressure, desk))
                        .toList(),
                machine);
        // Reads everything once: only then is it known what is there, and the description can name the limit.
        memory.sample(new NodeGauges());
        if (!memory.accounted()) {
            memory.close();
            machine.close();
            throw new UnavailableException(
                    lineage.own() + " has no memory.usage_in_bytes",
                    "mount the cgroup v1 memory hierarchy as the container engine does");
        }
        try {
            return new CgroupSession(TITLE, lineage.own(), memory, machine, cpu(desk), "");
        } catch (UnavailableException e) {
            String why = String.valueOf(e.getMessage());
            return new CgroupSession(TITLE, lineage.own(), memory, machine, null, why);
        }
    }

    /** Leaves out the groups to which ours is not charged: those above one without {@code memory.use_hierarchy}. */
    private static List<Path> hierarchical(List<Path> ownFirst) {
        List<Path> charged = new ArrayList<>();
        for (Path directory : ownFirst) {
            if (!charged.isEmpty() && !countsItsChildren(directory)) {
                break;
            }
            charged.add(directory);
        }
        return charged;
    }

    private static boolean countsItsChildren(Path directory) {
        try {
            return !Files.readString(directory.resolve("memory.use_hierarchy"))
                    .strip()
                    .equals("0");
        } catch (IOException e) {
            // Kernels from 5.11 on always do.
            return true;
        }
    }

    private CpuLevels cpu(WatchedFile.Desk desk) throws UnavailableException {
        Lineage cpu = Lineage.legacy(root, "cpu");
        Lineage cpuacct = Lineage.legacy(root, "cpuacct");
        PressureFile pressure = new PressureFile(root.resolve("proc/pressure/cpu"), "host", Gauge.CPU_PRESSURE, desk);
        List<CpuLevel> levels = new ArrayList<>();
        for (Path directory : cpu.directories()) {
            // The use of the very group that has the quota; with other groups in the two hierarchies, our own.
            Path same = cpuacct.top().resolve(cpu.top().relativize(directory)).normalize();
            Path counted = cpuacct.directories().contains(same) ? same : cpuacct.own();
            levels.add(new CpuLevel.V1(directory, counted, pressure, desk));
        }
        return new CpuLevels(levels);
    }
}

package io.nbguard.cgroup.node;

import io.nbguard.cgroup.kernel.KernelFile;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.probe.NodeGauges;
import io.nbguard.spi.probe.ProbeSession;
import io.nbguard.spi.probe.ResourceProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;

/** Reads the node from cgroup v2 (Documentation/admin-guide/cgroup-v2.rst). */
public final class Cgroup2Probe implements ResourceProbe {

    private static final String TITLE = "cgroup v2";

    private final Path root;
    private final LongSupplier nanoTime;

    /** Makes the probe of this machine. */
    public Cgroup2Probe() {
        this(Path.of("/"));
    }

    /**
     * Makes a probe of a tree of files.
     *
     * @param root what stands for {@code /}
     */
    public Cgroup2Probe(Path root) {
        this(root, System::nanoTime);
    }

    Cgroup2Probe(Path root, LongSupplier nanoTime) {
        this.root = root;
        this.nanoTime = nanoTime;
    }

    @Override
    public String name() {
        return "nbguard-cgroup2";
    }

    @Override
    public int preference() {
        return 300;
    }

    @Override
    public ProbeSession open(PluginConfig configuration) throws UnavailableException {
        Lineage lineage = Lineage.unified(root).ofNode();
        WatchedFile.Desk desk = new WatchedFile.Desk(nanoTime);
        MachineMemory machine = new MachineMemory(root, desk);
        MemoryLevels memory = new MemoryLevels(
                lineage.directories().stream()
                        .map(directory -> MemoryLevel.v2(directory, desk))
                        .toList(),
                machine);
        // Reads everything once: only then is it known what is there, and the description can name the limit.
        memory.sample(new NodeGauges());
        if (!memory.accounted()) {
            memory.close();
            machine.close();
            throw withoutMemory(lineage);
        }
        // A controller is on one version only; on a hybrid machine the quotas may be on the other.
        if (Lineage.isLegacy(root, "cpu")) {
            return new CgroupSession(
                    TITLE, lineage.own(), memory, machine, null, "the cpu controller is on cgroup v1 here");
        }
        CpuLevels cpu = new CpuLevels(lineage.directories().stream()
                .<CpuLevel>map(directory -> new CpuLevel.V2(directory, desk))
                .toList());
        return new CgroupSession(TITLE, lineage.own(), memory, machine, cpu, "");
    }

    private UnavailableException withoutMemory(Lineage lineage) {
        Path own = lineage.own();
        List<String> controllers;
        try {
            controllers = List.of(
                    Files.readString(own.resolve("cgroup.controllers")).strip().split("\\s+"));
        } catch (IOException e) {
            return new UnavailableException(
                    own + " has no memory.current, and its cgroup.controllers cannot be read: " + KernelFile.reason(e),
                    "mount the cgroup v2 file system as the container engine does");
        }
        if (Lineage.isLegacy(root, "memory")) {
            return new UnavailableException(
                    "the memory controller is on cgroup v1 here, not on v2 (" + own + ")",
                    "none needed, as cgroup v1 is read too; to have all on v2, boot with systemd.unified_cgroup_hierarchy=1");
        }
        if (lineage.directories().size() == 1 && controllers.contains("memory")) {
            return new UnavailableException(
                    "this process is in the root cgroup (" + own + "), for which the kernel keeps no memory.current",
                    "start it in a container, or with: systemd-run --scope -p MemoryMax=16G COMMAND");
        }
        return new UnavailableException(
                "the memory controller is not on for " + own + " or any group above it (controllers there: "
                        + String.join(" ", controllers) + ")",
                "start it in a container with a memory limit, or with: systemd-run --scope -p MemoryMax=16G COMMAND");
    }
}

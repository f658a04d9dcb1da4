package io.nbguard.benchmarks.peer;

import io.nbguard.benchmarks.rig.Tree;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import oshi.SystemInfo;
import oshi.software.os.OSProcess;
import oshi.software.os.OperatingSystem;

/** OSHI, refreshing processes that it knows or finding each root's descendants anew. */
final class OshiMonitor extends JavaMonitor {

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Supplier<Stream<OSProcess>> processes;
    private long rssBytes;
    private long cpuNanos;

    private OshiMonitor(Supplier<Stream<OSProcess>> processes) {
        this.processes = processes;
    }

    /** Keeps the processes and calls {@code updateAttributes} on each. */
    static OshiMonitor known(List<Tree> trees) {
        OperatingSystem system = new SystemInfo().getOperatingSystem();
        List<OSProcess> known = trees.stream()
                .flatMap(tree -> tree.pids().stream())
                .map(pid -> system.getProcess(pid.intValue()))
                .toList();
        return new OshiMonitor(() -> known.stream().filter(OSProcess::updateAttributes));
    }

    /** Asks for each root and its {@code getDescendantProcesses}. */
    static OshiMonitor rediscovering(List<Tree> trees) {
        OperatingSystem system = new SystemInfo().getOperatingSystem();
        List<Integer> roots = trees.stream().map(tree -> (int) tree.root()).toList();
        return new OshiMonitor(() -> roots.stream()
                .flatMap(root -> Stream.concat(
                        Stream.of(system.getProcess(root)),
                        system.getDescendantProcesses(root, null, null, 0).stream())));
    }

    @Override
    void tick() {
        rssBytes = 0;
        cpuNanos = 0;
        processes.get().forEach(process -> {
            rssBytes += process.getResidentMemory();
            cpuNanos += (process.getKernelTime() + process.getUserTime()) * NANOS_PER_MILLI;
        });
    }

    @Override
    long rssBytes() {
        return rssBytes;
    }

    @Override
    long cpuNanos() {
        return cpuNanos;
    }
}

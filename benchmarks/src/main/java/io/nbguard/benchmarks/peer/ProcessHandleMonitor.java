package io.nbguard.benchmarks.peer;

import io.nbguard.benchmarks.rig.Tree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a Java program does with what the JDK has: {@link ProcessHandle#descendants()} and
 * {@link ProcessHandle.Info#totalCpuDuration()}; memory, which the JDK does not report, from {@code /proc/PID/statm}.
 */
final class ProcessHandleMonitor extends JavaMonitor {

    private final List<Long> roots;
    private final long pageBytes;
    private long rssBytes;
    private long cpuNanos;

    ProcessHandleMonitor(List<Tree> trees, long pageBytes) {
        roots = trees.stream().map(Tree::root).toList();
        this.pageBytes = pageBytes;
    }

    @Override
    void tick() {
        rssBytes = 0;
        cpuNanos = 0;
        for (long root : roots) {
            ProcessHandle handle = ProcessHandle.of(root).orElseThrow();
            Stream.concat(Stream.of(handle), handle.descendants()).forEach(this::add);
        }
    }

    private void add(ProcessHandle process) {
        try {
            String statm = Files.readString(Path.of("/proc/" + process.pid() + "/statm"));
            rssBytes += Long.parseLong(statm.split(" ")[1]) * pageBytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cpuNanos += process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
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

package io.nbguard.core.sampling;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.cgroup.node.Cgroup2Probe;
import io.nbguard.cgroup.process.ProcTracker;
import io.nbguard.core.fixture.ManualClock;
import io.nbguard.core.measure.OpenProbe;
import io.nbguard.core.watchdog.WatchdogConfig;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.probe.ProbeSession;
import io.nbguard.spi.process.ProcessGroup;
import io.nbguard.spi.process.ProcessIdentity;
import io.nbguard.spi.process.TrackerSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A machine made of files: a {@code /proc} and a {@code /sys/fs/cgroup} as the kernel writes them, read by nbguard's real
 * probe and real tracker, under a real loop in virtual time.
 */
final class FixtureMachine implements AutoCloseable {

    static final long MIB = 1 << 20;
    private static final long PAGE = 4096;

    final ManualClock clock = new ManualClock();
    final List<GuardEvent> events = new ArrayList<>();
    final List<FixtureNotebook> notebooks = new ArrayList<>();
    final SamplingLoop loop;
    private final Path proc;
    private final Path cgroup;
    private final ProbeSession probe;
    private final TrackerSession tracker;
    private long lastPid = 100;

    FixtureMachine(Path root, long limitMebibytes, WatchdogConfig config) throws IOException, UnavailableException {
        proc = Files.createDirectories(root.resolve("proc"));
        cgroup = Files.createDirectories(root.resolve("sys/fs/cgroup"));
        Files.createDirectories(proc.resolve("self"));
        Files.createDirectories(proc.resolve("sys/kernel"));
        Files.createDirectories(proc.resolve("pressure"));
        write(proc.resolve("self/cgroup"), "0::/\n");
        write(
                proc.resolve("self/mountinfo"),
                "31 24 0:27 / /sys/fs/cgroup ro,nosuid,nodev,noexec,relatime - cgroup2 cgroup rw\n");
        write(proc.resolve("stat"), "cpu  0 0 0 0 0 0 0 0 0 0\nbtime 1767225600\n");
        write(proc.resolve("uptime"), "1000.00 2000.00\n");
        write(proc.resolve("sys/kernel/pid_max"), "32768\n");
        write(proc.resolve("meminfo"), "MemTotal: 33554432 kB\nMemAvailable: 30000000 kB\n");
        loadavg();
        limit(limitMebibytes);
        memory(0, 0);
        write(cgroup.resolve("memory.events"), "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n");
        write(cgroup.resolve("cpu.stat"), "usage_usec 1000\nuser_usec 500\nsystem_usec 500\n");
        write(cgroup.resolve("cpu.max"), "max 100000\n");

        probe = new Cgroup2Probe(root).open(PluginConfig.EMPTY);
        tracker = new ProcTracker().open(new PluginConfig(Map.of("cgroup.proc", proc.toString())));
        loop = new SamplingLoop(
                config, List.of(OpenProbe.own(probe)), tracker, List.of(), events::add, clock, Thread::new);
    }

    /** Sets what {@code memory.max} says. */
    void limit(long mebibytes) throws IOException {
        write(cgroup.resolve("memory.max"), mebibytes * MIB + "\n");
    }

    /** Sets what is charged: anonymous memory, and page cache on top of it. */
    void memory(long anonymousMebibytes, long cacheMebibytes) throws IOException {
        write(cgroup.resolve("memory.current"), (anonymousMebibytes + cacheMebibytes) * MIB + "\n");
        write(
                cgroup.resolve("memory.stat"),
                "anon " + anonymousMebibytes * MIB + "\nfile " + cacheMebibytes * MIB
                        + "\nfile_dirty 0\nfile_writeback 0\n"
                        + "inactive_file " + cacheMebibytes * MIB / 2 + "\nactive_file "
                        + (cacheMebibytes * MIB - cacheMebibytes * MIB / 2) + "\nslab_reclaimable 0\n");
    }

    /** Makes a file unreadable, also for root: a folder stands in its place. */
    void breakFile(String name) throws IOException {
        Files.delete(cgroup.resolve(name));
        Files.createDirectory(cgroup.resolve(name));
        // The descriptor that is kept shows nothing any more, as that of a cgroup that was removed.
    }

    void truncate(String name) throws IOException {
        write(cgroup.resolve(name), "");
    }

    /** Starts a process as the kernel would show it. */
    long fork(long parent, long start, long residentMebibytes, long sharedFileMebibytes) throws IOException {
        lastPid++;
        loadavg();
        Path folder = Files.createDirectories(proc.resolve(Long.toString(lastPid)));
        process(lastPid, parent, start, residentMebibytes, sharedFileMebibytes);
        write(folder.resolve("smaps_rollup"), "");
        return lastPid;
    }

    void process(long pid, long parent, long start, long residentMebibytes, long sharedFileMebibytes)
            throws IOException {
        Path folder = proc.resolve(Long.toString(pid));
        write(
                folder.resolve("stat"),
                pid + " (python) S " + parent + " " + pid + " " + pid
                        + " 0 -1 4194560 100 0 0 0 10 5 0 0 20 0 1 0 " + start + " 1000000 "
                        + residentMebibytes * MIB / PAGE
                        + " 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n");
        write(
                folder.resolve("statm"),
                "500000 " + residentMebibytes * MIB / PAGE + " " + sharedFileMebibytes * MIB / PAGE + " 10 0 1000 0\n");
    }

    /** Sets what {@code smaps_rollup} says of a process. */
    void pss(long pid, long mebibytes) throws IOException {
        write(
                proc.resolve(pid + "/smaps_rollup"),
                "00400000-7fff0000 ---p 00000000 00:00 0    [rollup]\nRss: 1 kB\nPss: " + mebibytes * 1024
                        + " kB\nSwapPss: 0 kB\n");
    }

    /** Ends a process: its files say nothing any more, and its folder is gone. */
    void exit(long pid) throws IOException {
        Path folder = proc.resolve(Long.toString(pid));
        for (String file : List.of("stat", "statm", "smaps_rollup")) {
            write(folder.resolve(file), "");
            Files.delete(folder.resolve(file));
        }
        Files.delete(folder);
    }

    /** Begins to watch the tree below a process. */
    FixtureNotebook watch(String name, long rootPid, long start) throws UnavailableException {
        ExecutionId id = ExecutionId.random();
        ProcessGroup group = tracker.attach(id, new ProcessIdentity(rootPid, start));
        FixtureNotebook notebook = new FixtureNotebook(id, name, group, clock.nanoTime());
        notebooks.add(notebook);
        loop.watch(notebook);
        return notebook;
    }

    void tick() {
        loop.tick();
        clock.advance(Duration.ofSeconds(1));
    }

    <E extends GuardEvent> List<E> events(Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private void loadavg() throws IOException {
        write(proc.resolve("loadavg"), "0.00 0.01 0.05 1/100 " + lastPid + "\n");
    }

    /** Writes in place: descriptors that are kept see the new text, as with the kernel's files. */
    private static void write(Path file, String text) throws IOException {
        Files.writeString(file, text);
    }

    @Override
    public void close() {
        tracker.close();
        probe.close();
    }
}

package io.nbguard.cgroup.node;

import io.nbguard.spi.probe.Gauge;
import io.nbguard.spi.probe.NodeGauges;
import io.nbguard.spi.probe.ProbeSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A tree of files that stands for {@code /}, and a clock that stands still. */
final class Fixture {

    final Path root;
    private long nanos;

    Fixture(Path root) {
        this.root = root;
        file("proc/meminfo", "MemTotal:       33554432 kB\nMemFree:  1 kB\nMemAvailable:   20971520 kB\n");
    }

    /** A container with a cgroup namespace of its own, as Docker makes on cgroup v2. */
    static Fixture privateNamespace(Path root) {
        Fixture fixture = new Fixture(root);
        fixture.file("proc/self/cgroup", "0::/\n");
        fixture.mounts("30 20 0:26 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw,nsdelegate");
        fixture.group2("sys/fs/cgroup");
        return fixture;
    }

    /** Makes the files of a group of cgroup v2 that uses 1 GiB and has no limits. */
    void group2(String directory) {
        file(directory + "/cgroup.controllers", "cpuset cpu io memory pids\n");
        file(directory + "/memory.current", "1073741824\n");
        file(directory + "/memory.max", "max\n");
        file(
                directory + "/memory.stat",
                "anon 500\nfile 900\nfile_dirty 30\nfile_writeback 20\ninactive_anon 7\nactive_anon 8\n"
                        + "inactive_file 400\nactive_file 300\nslab_reclaimable 60\nslab_unreclaimable 70\n");
        file(directory + "/memory.events", "low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\noom_group_kill 0\n");
        file(directory + "/memory.pressure", pressure("2.13"));
        file(directory + "/cpu.max", "max 100000\n");
        file(
                directory + "/cpu.stat",
                "usage_usec 1500\nuser_usec 1000\nsystem_usec 500\nnr_periods 9\nnr_throttled 4\nthrottled_usec 77\n");
        file(directory + "/cpu.pressure", pressure("0.05"));
    }

    /** Makes the files of a group of cgroup v1 memory that uses 1 GiB and has no limit. */
    void memory1(String directory) {
        file(directory + "/memory.usage_in_bytes", "1073741824\n");
        file(directory + "/memory.limit_in_bytes", "9223372036854771712\n");
        file(directory + "/memory.use_hierarchy", "1\n");
        file(
                directory + "/memory.stat",
                "cache 1\ninactive_file 1\nactive_file 1\ndirty 1\nwriteback 1\n"
                        + "hierarchical_memory_limit 9223372036854771712\ntotal_cache 900\ntotal_dirty 30\n"
                        + "total_writeback 20\ntotal_inactive_file 400\ntotal_active_file 300\n");
        file(directory + "/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 6\n");
    }

    /** Makes the files of a group of cgroup v1 cpu and cpuacct without a quota. */
    void cpu1(String directory) {
        file(directory + "/cpu.cfs_quota_us", "-1\n");
        file(directory + "/cpu.cfs_period_us", "100000\n");
        file(directory + "/cpu.stat", "nr_periods 0\nnr_throttled 5\nthrottled_time 0\n");
        file(directory + "/cpuacct.usage", "987654321\n");
    }

    static String pressure(String someAvg10) {
        return "some avg10=" + someAvg10 + " avg60=1.17 avg300=1.45 total=19699148\n"
                + "full avg10=9.99 avg60=0.00 avg300=0.00 total=0\n";
    }

    Path file(String path, String content) {
        try {
            Path file = root.resolve(path);
            Files.createDirectories(file.getParent());
            return Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void mounts(String... lines) {
        file("proc/self/mountinfo", String.join("\n", lines) + "\n");
    }

    void remove(String path) {
        Path top = root.resolve(path);
        try (Stream<Path> all = Files.walk(top)) {
            for (Path one : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(one);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts a directory in the place of a file: also the superuser cannot read that. */
    void makeUnreadable(String path) {
        try {
            Files.deleteIfExists(root.resolve(path));
            Files.createDirectories(root.resolve(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long nanoTime() {
        return nanos;
    }

    void passSeconds(long seconds) {
        nanos += TimeUnit.SECONDS.toNanos(seconds);
    }

    /** Says what a gauge shows: a number, {@code unlimited}, or {@code unavailable: why}. */
    static String show(NodeGauges gauges, Gauge gauge) {
        if (gauges.hasValue(gauge)) {
            return Long.toString(gauges.value(gauge));
        }
        return gauges.isUnlimited(gauge) ? "unlimited" : "unavailable: " + gauges.reason(gauge);
    }

    static String show(ProbeSession session, Gauge gauge) {
        NodeGauges gauges = new NodeGauges();
        session.sample(gauges);
        return show(gauges, gauge);
    }
}

package io.nbguard.cgroup.process;

import com.sun.management.ThreadMXBean;
import io.nbguard.api.ExecutionId;
import io.nbguard.spi.ProcessGroup;
import io.nbguard.spi.SampleDepth;
import io.nbguard.spi.TrackerSession;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Not a test: prints what a tick over 20 trees of 5 sleeping processes costs here, in processor time of the sampling
 * thread, so that what else the machine does counts less.
 */
final class TickTimings {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private TickTimings() {}

    public static void main(String[] args) throws Exception {
        int others = args.length > 0 ? Integer.parseInt(args[0]) : 0;
        List<Process> crowd = new ArrayList<>();
        for (int i = 0; i < others / 100; i++) {
            crowd.add(new ProcessBuilder("sh", "-c", "for i in $(seq 100); do sleep 1000 & done; wait").start());
        }
        try {
            measure(Map.of(), SampleDepth.USAGE, "usage, JNA");
            measure(Map.of("cgroup.jna", "off"), SampleDepth.USAGE, "usage, pure Java");
            measure(Map.of(), SampleDepth.FULL, "full, JNA");
            measure(Map.of("cgroup.jna", "off"), SampleDepth.FULL, "full, pure Java");
        } finally {
            for (Process process : crowd) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
    }

    private static void measure(Map<String, String> configuration, SampleDepth depth, String title) throws Exception {
        try (TrackerSession session = new ProcTracker().open(configuration)) {
            List<ProcessGroup> groups = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                ProcessGroup group = session.create(ExecutionId.random());
                group.start(new ProcessBuilder("sh", "-c", "for i in 1 2 3 4; do sleep 1000 & done; wait"));
                groups.add(group);
            }
            long deadline = System.nanoTime() + 20_000_000_000L;
            int members = 0;
            while (members < 100 && System.nanoTime() < deadline) {
                session.sample(depth);
                members =
                        groups.stream().mapToInt(group -> group.usage().count()).sum();
                Thread.sleep(20);
            }
            long self = Thread.currentThread().getId();
            long[] hot = ticks(session, depth, 6000, 0);
            long before = THREADS.getThreadAllocatedBytes(self);
            hot = ticks(session, depth, 4000, 0);
            long allocated = THREADS.getThreadAllocatedBytes(self) - before;
            long[] cold = ticks(session, depth, 100, 20);
            System.out.printf(
                    "%-18s %d members: hot p10 %.1f µs, p50 %.1f µs, p95 %.1f; cold (20 ms between) p50 %.1f, p95 %.1f; %d bytes in 4000 ticks; %s%n",
                    title,
                    members,
                    hot[hot.length / 10] / 1e3,
                    hot[hot.length / 2] / 1e3,
                    hot[hot.length * 95 / 100] / 1e3,
                    cold[cold.length / 2] / 1e3,
                    cold[cold.length * 95 / 100] / 1e3,
                    allocated,
                    session.description());
            for (ProcessGroup group : groups) {
                if (!group.killAndConfirm(Duration.ZERO, Duration.ofSeconds(10))) {
                    System.out.println("not dead: " + group.root());
                }
            }
        }
    }

    private static long[] ticks(TrackerSession session, SampleDepth depth, int count, int pauseMillis)
            throws InterruptedException {
        long[] nanos = new long[count];
        for (int i = 0; i < count; i++) {
            if (pauseMillis > 0) {
                Thread.sleep(pauseMillis);
            }
            long begin = THREADS.getCurrentThreadCpuTime();
            session.sample(depth);
            nanos[i] = THREADS.getCurrentThreadCpuTime() - begin;
        }
        Arrays.sort(nanos);
        return nanos;
    }
}

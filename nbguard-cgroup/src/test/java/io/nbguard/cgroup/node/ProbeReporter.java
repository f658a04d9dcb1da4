package io.nbguard.cgroup.node;

import com.sun.management.ThreadMXBean;
import io.nbguard.cgroup.CgroupTier;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.probe.Gauge;
import io.nbguard.spi.probe.NodeGauges;
import io.nbguard.spi.probe.ProbeSession;
import io.nbguard.spi.probe.ResourceProbe;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A program to be started inside a real cgroup, which then uses memory and tells what the probe reads: {@code touch MIB},
 * {@code cache FILE MIB}, {@code sample}, {@code tier}, {@code allocated}. Every answer ends with a line {@code end}.
 * Its argument is the version of cgroups that it reads, 1 or 2.
 */
final class ProbeReporter {

    private static final int MIB = 1 << 20;
    private static final List<ByteBuffer> HELD = new ArrayList<>();

    private ProbeReporter() {}

    public static void main(String[] args) throws Exception {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in));
        ResourceProbe probe = args[0].equals("2") ? new Cgroup2Probe() : new Cgroup1Probe();
        try (ProbeSession session = probe.open(PluginConfig.EMPTY)) {
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                String[] words = line.split(" ");
                switch (words[0]) {
                    case "touch" -> HELD.add(ByteBuffer.allocateDirect(Integer.parseInt(words[1]) * MIB));
                    case "cache" -> fillCache(Path.of(words[1]), Integer.parseInt(words[2]));
                    case "sample" -> sample(session);
                    case "tier" -> tier();
                    case "allocated" -> allocated(session);
                    default -> throw new IllegalArgumentException(line);
                }
                System.out.println("end");
            }
        }
    }

    private static void fillCache(Path file, int mebibytes) throws Exception {
        ByteBuffer block = ByteBuffer.allocateDirect(MIB);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int i = 0; i < mebibytes; i++) {
                channel.write(block.clear());
            }
        }
    }

    private static void sample(ProbeSession session) {
        NodeGauges gauges = new NodeGauges();
        session.sample(gauges);
        for (Gauge gauge : Gauge.values()) {
            System.out.println(gauge + "=" + Fixture.show(gauges, gauge));
        }
        System.out.println("description=" + session.description());
    }

    private static void tier() {
        CgroupTier.Report report = CgroupTier.inspect(PluginConfig.EMPTY);
        System.out.println("tier=" + report.tier());
        System.out.println("reason=" + report.reason());
    }

    private static void allocated(ProbeSession session) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        NodeGauges gauges = new NodeGauges();
        long id = Thread.currentThread().getId();
        long bytes = 0;
        for (int round = 0; round < 2; round++) {
            long before = threads.getThreadAllocatedBytes(id);
            for (int i = 0; i < 10_000; i++) {
                session.sample(gauges);
                session.sampleMemory(gauges);
            }
            bytes = threads.getThreadAllocatedBytes(id) - before;
        }
        System.out.println("allocated=" + bytes);
    }
}

package io.nbguard.cgroup.leaf;

import io.nbguard.cgroup.kernel.KernelText;
import io.nbguard.cgroup.node.Key;
import io.nbguard.cgroup.node.WatchedFile;
import io.nbguard.cgroup.process.MemberTable;
import io.nbguard.cgroup.process.Processes;
import io.nbguard.spi.process.GroupUsage;
import io.nbguard.spi.process.SampleDepth;
import java.io.Closeable;
import java.nio.charset.StandardCharsets;

/**
 * Reads one leaf. At {@link SampleDepth#USAGE} three files whatever the number of its processes; their rows are those of
 * the last {@link SampleDepth#FULL} sample. Sampling thread only; a steady reading allocates nothing.
 */
final class LeafReading implements Closeable {

    private static final String KIND = "cgroup2";
    private static final Key USAGE_USEC = new Key("usage_usec");
    private static final Key DESCENDANTS = new Key("nr_descendants");
    private static final byte[] READ = "rbytes=".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] WRITTEN = "wbytes=".getBytes(StandardCharsets.US_ASCII);
    private static final long NANOS_PER_MICRO = 1_000;

    private final Group group;
    private final GroupUsage usage = new GroupUsage();
    private final MemberTable table;
    private final MemoryAccount memory;
    private final WatchedFile cpu;
    private final WatchedFile io;
    private final WatchedFile procs;
    private final WatchedFile stat;
    private long cpuNanos;

    LeafReading(Group group, Processes.TableReader reader, WatchedFile.Desk desk) {
        this.group = group;
        table = new MemberTable(reader);
        memory = new MemoryAccount(group.path(), desk);
        cpu = file("cpu.stat", desk);
        io = file("io.stat", desk);
        procs = file("cgroup.procs", desk);
        stat = file("cgroup.stat", desk);
    }

    private WatchedFile file(String name, WatchedFile.Desk desk) {
        return new WatchedFile(group.path().resolve(name), KIND, desk);
    }

    GroupUsage usage() {
        return usage;
    }

    /**
     * Reads it.
     *
     * @param root the process whose row comes first; 0 if not known
     */
    void read(SampleDepth depth, long root) {
        if (depth == SampleDepth.FULL) {
            usage.begin();
            nameMembers();
            table.read(root, usage);
            readIo();
        }
        usage.charge(memory.unreclaimableBytes());
        long micros = cpu.read() ? cpu.find(USAGE_USEC) : -1;
        cpuNanos = Math.max(cpuNanos, micros * NANOS_PER_MICRO);
        usage.finish(cpuNanos);
    }

    private void nameMembers() {
        table.begin();
        if (stat.read() && stat.find(DESCENDANTS) > 0) {
            // It made groups of its own; seldom enough to allocate for.
            group.pids().forEach(table::member);
            return;
        }
        if (procs.read()) {
            KernelText text = procs.text();
            for (long pid = text.parseLongOr(-1); pid >= 0; pid = text.parseLongOr(-1)) {
                table.member(pid);
                text.nextLine();
            }
        }
    }

    /** A line for each device: {@code 8:0 rbytes=1459200 wbytes=314773504 rios=192 …}. */
    private void readIo() {
        if (!io.read()) {
            return;
        }
        KernelText text = io.text();
        usage.io(sum(text, READ), sum(text, WRITTEN));
    }

    private static long sum(KernelText text, byte[] key) {
        long sum = 0;
        for (int at = 0; at + key.length < text.length(); at++) {
            text.position(at);
            if (text.startsWith(key)) {
                text.position(at + key.length);
                sum += Math.max(0, text.parseLongOr(0));
            }
        }
        return sum;
    }

    @Override
    public void close() {
        table.clear();
        memory.close();
        cpu.close();
        io.close();
        procs.close();
        stat.close();
    }
}

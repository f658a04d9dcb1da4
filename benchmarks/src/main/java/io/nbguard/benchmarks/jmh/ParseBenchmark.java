package io.nbguard.benchmarks.jmh;

import io.nbguard.cgroup.kernel.KernelText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Parsing alone, of texts that are in memory; {@code split} beside it is how it is commonly done. */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH calls @Setup first
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ParseBenchmark {

    private static final byte[] INACTIVE_FILE = "inactive_file".getBytes(StandardCharsets.US_ASCII);

    private final KernelText stat = new KernelText(1024);
    private final KernelText statm = new KernelText(1024);
    private final KernelText memoryStat = new KernelText(16 * 1024);
    private String statString;

    /** Takes this JVM's own files, and a memory.stat of cgroup v2. */
    @Setup
    public void read() throws IOException {
        statString = Files.readString(Path.of("/proc/self/stat"));
        stat.set(statString);
        statm.set(Files.readString(Path.of("/proc/self/statm")));
        memoryStat.set(MEMORY_STAT);
    }

    /** Resident and shared pages of statm. */
    @Benchmark
    public long statm() {
        statm.position(0);
        statm.skipFields(1);
        long resident = statm.parseLong();
        return resident - statm.parseLong();
    }

    /** Processor time and resident pages of stat, fields 14 to 17 and 24. */
    @Benchmark
    public long stat() {
        stat.seekAfterLast(')');
        stat.skipFields(12);
        long ticks = 0;
        for (int i = 0; i < 4; i++) {
            ticks += stat.parseLong();
        }
        stat.skipFields(7);
        return ticks + stat.parseLong();
    }

    /** The same by {@code String.split}. */
    @Benchmark
    public long statBySplit() {
        String[] fields = statString.substring(statString.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[11])
                + Long.parseLong(fields[12])
                + Long.parseLong(fields[13])
                + Long.parseLong(fields[14])
                + Long.parseLong(fields[21]);
    }

    /** One key of memory.stat, found by name. */
    @Benchmark
    public long memoryStatKey() {
        return memoryStat.seekKey(INACTIVE_FILE) ? memoryStat.parseLong() : -1;
    }

    private static final String MEMORY_STAT = """
            anon 231071744
            file 1187823616
            kernel 61378560
            kernel_stack 2752512
            pagetables 7405568
            sec_pagetables 0
            percpu 2280
            sock 12288
            vmalloc 73728
            shmem 8192
            zswap 0
            zswapped 0
            file_mapped 216956928
            file_dirty 1048576
            file_writeback 0
            swapcached 0
            anon_thp 90177536
            file_thp 0
            shmem_thp 0
            inactive_anon 230883328
            active_anon 32768
            inactive_file 722632704
            active_file 465182720
            unevictable 0
            slab_reclaimable 48271896
            slab_unreclaimable 2623056
            slab 50894952
            workingset_refault_anon 0
            workingset_refault_file 0
            pgfault 1562890
            pgmajfault 2035
            """;
}

package io.nbguard.cgroup.node;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.spi.probe.Gauge;
import io.nbguard.spi.probe.NodeGauges;
import io.nbguard.spi.probe.ProbeSession;
import java.nio.file.Path;

/** The machine as {@code /proc} shows it (proc_meminfo(5), proc_stat(5), proc_vmstat(5)). */
final class HostSession implements ProbeSession {

    private static final String MACHINE_ONLY = "counted for the machine as a whole only";
    private static final String KIND = "host";
    private static final Key MEM_AVAILABLE = new Key("MemAvailable");
    private static final Key OOM_KILL = new Key("oom_kill");
    private static final Key CPU = new Key("cpu");
    private static final String NO_QUOTA = "a machine has no CPU quota that it could be throttled by";

    /** USER_HZ, in which {@code /proc/stat} counts, is 100 on every architecture that Java runs on. */
    private static final long NANOS_PER_TICK = 10_000_000;

    private static final int USER = 0;
    private static final int IDLE = 3;
    private static final int IOWAIT = 4;
    private static final int STEAL = 7;

    private final WatchedFile meminfo;
    private final WatchedFile vmstat;
    private final WatchedFile stat;
    private final PressureFile memoryPressure;
    private final PressureFile cpuPressure;
    private long totalBytes;
    private long availableBytes;

    HostSession(Path proc, WatchedFile.Desk desk) {
        meminfo = new WatchedFile(proc.resolve("meminfo"), KIND, desk);
        vmstat = new WatchedFile(proc.resolve("vmstat"), KIND, desk);
        stat = new WatchedFile(proc.resolve("stat"), KIND, desk);
        memoryPressure = new PressureFile(proc.resolve("pressure/memory"), KIND, Gauge.MEMORY_PRESSURE, desk);
        cpuPressure = new PressureFile(proc.resolve("pressure/cpu"), KIND, Gauge.CPU_PRESSURE, desk);
    }

    /** Returns what stands in the way of reading the memory now; empty if nothing. */
    String trouble() {
        return readMemory() ? "" : meminfo.source() + ": " + meminfo.reason();
    }

    private boolean readMemory() {
        if (!meminfo.read()) {
            return false;
        }
        totalBytes = kibibytes(MachineMemory.MEM_TOTAL);
        availableBytes = kibibytes(MEM_AVAILABLE);
        return totalBytes >= 0 && availableBytes >= 0 || meminfo.malformed();
    }

    private long kibibytes(Key key) {
        long kibibytes = meminfo.find(key);
        return kibibytes > Long.MAX_VALUE >> 10 ? -1 : kibibytes << 10;
    }

    @Override
    public void sample(NodeGauges into) {
        sampleMemory(into);
        if (into.hasValue(Gauge.MEMORY_CURRENT)) {
            into.set(Gauge.MEMORY_LIMIT, totalBytes, meminfo.source());
            // MemAvailable counts what can be reclaimed as available, so the use above has no cache in it. To name the
            // cache here as well would have it subtracted twice, and the watchdog wait for memory that is not there.
            into.set(Gauge.MEMORY_INACTIVE_FILE, 0, meminfo.source());
            into.set(Gauge.MEMORY_FILE_CACHE, 0, meminfo.source());
            into.set(Gauge.MEMORY_RECLAIMABLE_SLAB, 0, meminfo.source());
        } else {
            meminfo.reportUnreadable(Gauge.MEMORY_LIMIT, into);
            meminfo.reportUnreadable(Gauge.MEMORY_INACTIVE_FILE, into);
            meminfo.reportUnreadable(Gauge.MEMORY_FILE_CACHE, into);
            meminfo.reportUnreadable(Gauge.MEMORY_RECLAIMABLE_SLAB, into);
        }
        into.unavailable(Gauge.MEMORY_OOM_KILLS, MACHINE_ONLY, vmstat.source());
        if (vmstat.read()) {
            vmstat.report(OOM_KILL, Gauge.MACHINE_OOM_KILLS, into);
        } else {
            vmstat.reportUnreadable(Gauge.MACHINE_OOM_KILLS, into);
        }
        memoryPressure.sample(into);
        sampleCpu(into);
    }

    @Override
    public void sampleMemory(NodeGauges into) {
        if (readMemory()) {
            into.set(Gauge.MEMORY_CURRENT, Math.max(0, totalBytes - availableBytes), meminfo.source());
        } else {
            meminfo.reportUnreadable(Gauge.MEMORY_CURRENT, into);
        }
    }

    private void sampleCpu(NodeGauges into) {
        if (!stat.read()) {
            stat.reportUnreadable(Gauge.CPU_USAGE, into);
        } else {
            long ticks = busyTicks();
            if (ticks < 0) {
                into.unavailable(Gauge.CPU_USAGE, WatchedFile.MALFORMED, stat.source());
            } else {
                into.set(Gauge.CPU_USAGE, ticks * NANOS_PER_TICK, stat.source());
            }
        }
        into.unlimited(Gauge.CPU_LIMIT, stat.source());
        into.unavailable(Gauge.CPU_THROTTLED_PERIODS, NO_QUOTA, stat.source());
        cpuPressure.sample(into);
    }

    /** Sums user to steal, without idle and iowait. The guest times behind them are within user and nice already. */
    private long busyTicks() {
        if (!stat.text().seekKey(CPU.bytes())) {
            return -1;
        }
        long busy = 0;
        for (int field = USER; field <= STEAL; field++) {
            long ticks = stat.text().parseLongOr(-1);
            if (ticks < 0) {
                return -1;
            }
            if (field != IDLE && field != IOWAIT) {
                busy += ticks;
            }
        }
        return busy;
    }

    @Override
    public String description() {
        return "the whole machine (" + ByteSize.ofBytes(Math.max(0, totalBytes)) + " of memory)";
    }

    @Override
    public void close() {
        meminfo.close();
        vmstat.close();
        stat.close();
        memoryPressure.close();
        cpuPressure.close();
    }
}

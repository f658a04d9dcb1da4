package io.nbguard.cgroup.node;

import io.nbguard.spi.probe.Gauge;
import io.nbguard.spi.probe.NodeGauges;
import java.io.Closeable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The CPU files of one cgroup on the way up from our own. */
abstract class CpuLevel implements Closeable {

    private static final Key NR_THROTTLED = new Key("nr_throttled");

    private final WatchedFile stat;
    private final PressureFile pressure;
    private boolean quotaKnown;
    private boolean limited;
    private long milliCores;

    CpuLevel(WatchedFile stat, PressureFile pressure) {
        this.stat = stat;
        this.pressure = pressure;
    }

    /** Reads the quota. */
    final void refresh() {
        limited = false;
        quotaKnown = readQuota();
    }

    /** Reads the files; returns whether it is known now if there is a quota. */
    abstract boolean readQuota();

    /** Returns the file that the quota is read from, or that says why it cannot be. */
    abstract WatchedFile quotaFile();

    /** Reads the CPU time used; the text of {@code stat} has been read if {@code statRead}. */
    abstract void sampleUsage(WatchedFile stat, boolean statRead, NodeGauges into);

    /** Takes a quota of {@code quotaMicros} in each {@code periodMicros}; returns whether these make sense. */
    final boolean takeQuota(long quotaMicros, long periodMicros) {
        if (quotaMicros < 0 || periodMicros <= 0) {
            return false;
        }
        limited = true;
        milliCores = quotaMicros > Long.MAX_VALUE / 1000
                ? quotaMicros / periodMicros * 1000
                : quotaMicros * 1000 / periodMicros;
        return true;
    }

    /** Returns whether it could be read if there is a quota. */
    final boolean quotaKnown() {
        return quotaKnown;
    }

    /** Returns whether there is a quota. */
    final boolean limited() {
        return limited;
    }

    /** Returns the quota in thousandths of a core, if there is one. */
    final long milliCores() {
        return milliCores;
    }

    /** Reads use, throttling and pressure. */
    final void sample(NodeGauges into) {
        boolean statRead = stat.read();
        if (statRead) {
            stat.report(NR_THROTTLED, Gauge.CPU_THROTTLED_PERIODS, into);
        } else {
            stat.reportUnreadable(Gauge.CPU_THROTTLED_PERIODS, into);
        }
        sampleUsage(stat, statRead, into);
        pressure.sample(into);
    }

    @Override
    public void close() {
        stat.close();
        pressure.close();
    }

    /** In cgroup v2: {@code cpu.max} and {@code cpu.stat}. */
    static final class V2 extends CpuLevel {

        private static final String KIND = "cgroup2";
        private static final byte[] MAX = "max".getBytes(StandardCharsets.US_ASCII);
        private static final Key USAGE_USEC = new Key("usage_usec");
        private static final long NANOS_PER_MICRO = 1000;

        private final WatchedFile max;

        V2(Path directory, WatchedFile.Desk desk) {
            super(
                    new WatchedFile(directory.resolve("cpu.stat"), KIND, desk),
                    new PressureFile(directory.resolve("cpu.pressure"), KIND, Gauge.CPU_PRESSURE, desk));
            max = new WatchedFile(directory.resolve("cpu.max"), KIND, desk);
        }

        @Override
        boolean readQuota() {
            if (!max.read()) {
                // Without the cpu controller there is no file, and no quota.
                return max.isAbsent();
            }
            if (max.text().startsWith(MAX)) {
                return true;
            }
            long quota = max.text().parseLongOr(-1);
            long period = max.text().parseLongOr(-1);
            return takeQuota(quota, period) || max.malformed();
        }

        @Override
        WatchedFile quotaFile() {
            return max;
        }

        @Override
        void sampleUsage(WatchedFile stat, boolean statRead, NodeGauges into) {
            long micros = statRead ? stat.find(USAGE_USEC) : -1;
            if (micros >= 0) {
                into.set(Gauge.CPU_USAGE, micros * NANOS_PER_MICRO, stat.source());
            } else if (statRead) {
                into.unavailable(Gauge.CPU_USAGE, USAGE_USEC.missing(), stat.source());
            } else {
                stat.reportUnreadable(Gauge.CPU_USAGE, into);
            }
        }

        @Override
        public void close() {
            super.close();
            max.close();
        }
    }

    /** In cgroup v1: the controllers {@code cpu} (quota) and {@code cpuacct} (use), mounted together or apart. */
    static final class V1 extends CpuLevel {

        private static final String KIND = "cgroup1";
        private static final long NO_QUOTA = -1;

        private final WatchedFile quota;
        private final WatchedFile period;
        private final WatchedFile usage;
        private boolean periodAtFault;

        /**
         * Watches a group.
         *
         * @param cpu its directory in the hierarchy of {@code cpu}
         * @param cpuacct the directory of the group whose use is compared with the quota
         */
        V1(Path cpu, Path cpuacct, PressureFile pressure, WatchedFile.Desk desk) {
            super(new WatchedFile(cpu.resolve("cpu.stat"), KIND, desk), pressure);
            quota = new WatchedFile(cpu.resolve("cpu.cfs_quota_us"), KIND, desk);
            period = new WatchedFile(cpu.resolve("cpu.cfs_period_us"), KIND, desk);
            usage = new WatchedFile(cpuacct.resolve("cpuacct.usage"), KIND, desk);
        }

        @Override
        boolean readQuota() {
            periodAtFault = false;
            if (!quota.read()) {
                // Kernels without CONFIG_CFS_BANDWIDTH have no such file, and no quota.
                return quota.isAbsent();
            }
            long quotaMicros = quota.text().parseLongOr(Long.MIN_VALUE);
            if (quotaMicros == NO_QUOTA) {
                return true;
            }
            if (quotaMicros < 0) {
                return quota.malformed();
            }
            periodAtFault = !period.readNumber() || !(takeQuota(quotaMicros, period.value()) || period.malformed());
            return !periodAtFault;
        }

        @Override
        WatchedFile quotaFile() {
            return periodAtFault ? period : quota;
        }

        @Override
        void sampleUsage(WatchedFile stat, boolean statRead, NodeGauges into) {
            usage.report(Gauge.CPU_USAGE, into);
        }

        @Override
        public void close() {
            super.close();
            quota.close();
            period.close();
            usage.close();
        }
    }
}

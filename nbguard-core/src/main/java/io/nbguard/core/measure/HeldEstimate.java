package io.nbguard.core.measure;

/**
 * The memory that one execution holds, for people and for its record: charged by the kernel, else PSS, else RSS. What a kill
 * hangs on is decided by the bounds of {@link ExecutionMeter}, which fail to the safe side; this number is to be true.
 *
 * <p>Between two readings of PSS only what the largest process has grown by is added. The sum of RSS may grow by gigabytes
 * when a process forks, while nothing more is held.
 *
 * <p>Sampling thread only; allocates nothing.
 */
public final class HeldEstimate {

    /** What reading smaps_rollup usually costs, per byte of RSS. */
    public static final double USUAL_NANOS_PER_BYTE = 4_000.0 / (1 << 20);

    private static final long OPEN_NANOS = 1_000_000_000L;
    private static final long SETTLED_NANOS = 10_000_000_000L;

    /** How long a PSS is still worth showing as such. */
    private static final long SHOWN_NANOS = 3 * SETTLED_NANOS;

    private long rss;
    private long lower;
    private boolean ambiguous;
    private long bytes;
    private long peak;
    private MemoryAccount source = MemoryAccount.RSS;

    /** The last PSS, or -1 if there is none; never more than RSS since. */
    private long pss = -1;

    private long lowerAtPss;
    private long rssAtPss;
    private long pssAtNanos;
    private boolean tried;
    private int refusals;
    private long triedAtNanos;
    private double nanosPerByte = USUAL_NANOS_PER_BYTE;

    /**
     * Takes in a sample of the tree.
     *
     * @param charged what the kernel charges to the execution, or -1
     * @param totalRss the sum of RSS
     * @param leastHeld the largest private memory of one process
     * @param mayBeFar whether the sum of RSS may be far from what is held
     */
    void sampled(long charged, long totalRss, long leastHeld, boolean mayBeFar) {
        rss = totalRss;
        lower = leastHeld;
        ambiguous = mayBeFar;
        if (pss > rss) {
            pss = rss;
            lowerAtPss = lower;
        }
        if (charged >= 0) {
            set(charged, MemoryAccount.CHARGED, charged);
        } else if (!ambiguous || refusals > 1) {
            set(rss, MemoryAccount.RSS, rss);
        } else if (pss < 0) {
            // PSS is still to come: the peak is not to keep what may turn out to be counted many times. It may be
            // refused once
            // only: a run begins with processes that may not be looked into, and goes on with a kernel that may.
            set(rss, MemoryAccount.RSS, lower);
        } else {
            long estimate = pssBytes();
            set(estimate, MemoryAccount.PSS, estimate);
        }
    }

    /**
     * Takes in a reading of PSS that was made for the last sample.
     *
     * @param measured bytes, or -1 where it cannot be read
     * @param tookNanos how long that took
     */
    void measured(long measured, long nowNanos, long tookNanos) {
        tried = true;
        triedAtNanos = nowNanos;
        if (measured >= 0) {
            refusals = 0;
            pss = Math.min(rss, measured);
            lowerAtPss = lower;
            pssAtNanos = nowNanos;
            if (rss > 0) {
                nanosPerByte = (double) tookNanos / rss;
            }
        } else {
            refusals = hasMoved() ? 1 : refusals + 1;
            pss = -1;
        }
        rssAtPss = rss;
        if (source != MemoryAccount.CHARGED) {
            sampled(-1, rss, lower, ambiguous);
        }
    }

    private void set(long held, MemoryAccount from, long sure) {
        bytes = held;
        source = from;
        peak = Math.max(peak, sure);
    }

    private long pssBytes() {
        return Math.min(rss, Math.max(lower, pss + Math.max(0, lower - lowerAtPss)));
    }

    /**
     * Returns whether PSS should be measured: at once where RSS leaves open what is held, each second while it leaves much
     * open or has moved since, and each ten seconds otherwise, because pages that cease to be shared do not show in RSS.
     */
    boolean isDue(long nowNanos) {
        if (!ambiguous || source == MemoryAccount.CHARGED) {
            return false;
        }
        boolean open = refusals == 1 || hasMoved() || (refusals == 0 && rss - bytes > bytes / 4);
        return !tried || nowNanos - triedAtNanos >= (open ? OPEN_NANOS : SETTLED_NANOS);
    }

    private boolean hasMoved() {
        return Math.abs(rss - rssAtPss) > rssAtPss / 8;
    }

    /**
     * Returns how long a reading of PSS is going to take, by the last one. One that a pause of the JVM or of the machine held up
     * must not be the last: it counts half as much every ten seconds.
     */
    long costNanos(long nowNanos) {
        int halvings = tried ? (int) Math.min(Long.SIZE - 2, Math.max(0, nowNanos - triedAtNanos) / SETTLED_NANOS) : 0;
        return (long) (rss * Math.max(Math.min(nanosPerByte, USUAL_NANOS_PER_BYTE), nanosPerByte / (1L << halvings)));
    }

    /** Returns the memory held. */
    public long bytes() {
        return bytes;
    }

    /** Returns what {@link #bytes} was taken from. */
    public MemoryAccount source() {
        return source;
    }

    /** Returns the most that was held, as far as that was known. */
    public long peakBytes() {
        return peak;
    }

    /** Returns the PSS of the tree, or -1 if it was not measured lately. */
    public long pssBytes(long nowNanos) {
        return pss >= 0 && nowNanos - pssAtNanos < SHOWN_NANOS ? pssBytes() : -1;
    }
}

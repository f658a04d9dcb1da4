package io.nbguard.core.measure;

import io.nbguard.api.GuardClock;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.watchdog.Candidate;
import io.nbguard.api.watchdog.CandidateUsage;
import io.nbguard.spi.process.GroupUsage;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one execution holds, between two bounds: the sum of RSS counts shared pages many times, the largest private
 * memory of one process leaves the others out. PSS is exact and expensive, so for a decision it is measured only where the
 * bounds leave the decision open. The one number for people and for the record is {@link #held}.
 *
 * <p>Sampling thread only; {@link #update} allocates nothing.
 */
public final class ExecutionMeter {

    private static final Logger LOG = LoggerFactory.getLogger(ExecutionMeter.class);

    /** After this long a PSS is no longer trusted: copy-on-write turns shared pages into private ones unseen by RSS. */
    private static final long PSS_VALID_NANOS = 1_000_000_000L;

    private static final long CORES_WINDOW_NANOS = 1_000_000_000L;
    private static final double GROWTH_SMOOTHING_SECONDS = 2.0;

    private final Watched watched;
    private final GroupUsage window = new GroupUsage();
    private final GroupUsage olderWindow = new GroupUsage();
    private long windowAtNanos;
    private long olderWindowAtNanos;
    private long rss;
    private long lower;
    private long charged = -1;
    private long peakRss;
    private long sampledAtNanos;
    private boolean sampled;
    private double growth;
    private long pss = -1;
    private long pssAtNanos;
    private long rssAtPss;
    private long nextSettleNanos = Long.MIN_VALUE;
    private final HeldEstimate held = new HeldEstimate();
    private final LostProcesses lost = new LostProcesses();
    private long kernelOomKills;
    private boolean killSeen;
    private long unmapped;
    private long unmappedAtNanos = Long.MIN_VALUE / 2;

    public ExecutionMeter(Watched watched, long nowNanos) {
        this.watched = watched;
        windowAtNanos = nowNanos;
        olderWindowAtNanos = nowNanos;
    }

    public Watched watched() {
        return watched;
    }

    public GroupUsage usage() {
        return watched.group().usage();
    }

    /** Returns whether a kill of it, by whichever watchdog, is to be followed from now on: once and never again. */
    public boolean beginsToDie() {
        if (killSeen || watched.condemnation().isEmpty()) {
            return false;
        }
        killSeen = true;
        return true;
    }

    /** Takes in what the tracker has just sampled. */
    public void update(long nowNanos) {
        GroupUsage usage = usage();
        long before = steadyBytes();
        charged = usage.chargedBytes();
        rss = usage.totalRssBytes();
        lower = Math.min(rss, usage.largestPrivateBytes());
        peakRss = Math.max(peakRss, rss);
        held.sampled(charged, rss, lower, isAmbiguous());
        lost.update(usage, watched, nowNanos);
        if (!sampled && nowNanos - watched.launchedAtNanos() > CORES_WINDOW_NANOS) {
            beginWindows(usage, nowNanos);
        }
        if (sampled) {
            double seconds = (nowNanos - sampledAtNanos) / 1e9;
            if (seconds > 0) {
                double weight = Math.min(1, seconds / GROWTH_SMOOTHING_SECONDS);
                growth += weight * ((steadyBytes() - before) / seconds - growth);
            }
        }
        sampled = true;
        sampledAtNanos = nowNanos;
        if (nowNanos - windowAtNanos >= CORES_WINDOW_NANOS) {
            olderWindow.copyFrom(window);
            olderWindowAtNanos = windowAtNanos;
            window.copyFrom(usage);
            windowAtNanos = nowNanos;
        }
        watched.measured(held.peakBytes(), usage.totalCpuNanos());
    }

    /** It was running long before it was watched: what it used by then does not belong to the last second. */
    private void beginWindows(GroupUsage usage, long nowNanos) {
        window.copyFrom(usage);
        windowAtNanos = nowNanos;
        olderWindow.copyFrom(usage);
        olderWindowAtNanos = nowNanos;
    }

    /** Growth is taken from the account of the whole where there is one, since rows of processes may be older. */
    private long steadyBytes() {
        return charged >= 0 ? charged : rss;
    }

    /** Returns the sum of RSS: what the tree holds at most. */
    public long rssBytes() {
        return rss;
    }

    /** Returns what the tree holds at least. */
    public long lowerBytes() {
        return charged >= 0 ? charged : lower;
    }

    /** Returns the RSS of the heaviest process: what the tree holds at least, but for what it shares with other trees. */
    public long largestProcessBytes() {
        GroupUsage usage = usage();
        long largest = 0;
        for (int i = 0; i < usage.count(); i++) {
            largest = Math.max(largest, usage.rssBytes(i));
        }
        return largest;
    }

    public long peakRssBytes() {
        return peakRss;
    }

    /** Returns the processes that it has lost. */
    public LostProcesses lost() {
        return lost;
    }

    /** Returns whether the kernel counts OOM kills for this execution alone. */
    public boolean hasKernelOomAccount() {
        return watched.group().kernelOomKills().isPresent();
    }

    /** Returns how many of its processes the kernel's OOM killer took since the last call, by that account. */
    public long newKernelOomKills() {
        long before = kernelOomKills;
        kernelOomKills = watched.group().kernelOomKills().orElse(before);
        return Math.max(0, kernelOomKills - before);
    }

    /** Returns what it holds, for people and for its record. */
    public HeldEstimate held() {
        return held;
    }

    /** Returns whether PSS should be measured for {@link #held}. */
    boolean isPssDue(long nowNanos) {
        return held.isDue(nowNanos) && watched.isShown();
    }

    /** Measures PSS for {@link #held}; no decision hangs on it. */
    void readPss(long nowNanos, GuardClock clock) {
        measurePss(nowNanos, clock);
        watched.measured(held.peakBytes(), usage().totalCpuNanos());
    }

    /** Returns whether the bounds are apart by so much that a decision may hang on it. */
    public boolean isAmbiguous() {
        // What the kernel charges to the execution as a whole leaves nothing open.
        return charged < 0 && rss - lower > rss / 10;
    }

    /**
     * Returns the best guess of what the tree holds: by PSS while one is fresh (or cannot be had yet), else the sum of
     * RSS, which may raise a suspicion but never hides a growth.
     */
    public long estimateBytes(long nowNanos) {
        if (charged >= 0) {
            return charged;
        }
        if (pss < 0 || nowNanos >= Math.max(pssAtNanos + PSS_VALID_NANOS, nextSettleNanos)) {
            return rss;
        }
        return Math.max(lower, Math.min(rss, pss + Math.max(0, rss - rssAtPss)));
    }

    /**
     * Returns what the tree is known to hold. It differs from {@link #estimateBytes} only for the moment in which RSS has
     * grown since a PSS that may not be measured again yet: a worker that has just been forked touches shared pages, and
     * its RSS grows by gigabytes a second while nothing more is held.
     */
    public long settledBytes(long nowNanos) {
        return isAmbiguous() && pss >= 0 && nowNanos < nextSettleNanos
                ? Math.max(lower, Math.min(rss, pss))
                : estimateBytes(nowNanos);
    }

    /**
     * Measures PSS, unless that was done a moment ago: it costs some 4 µs per MiB and holds up the measured process, so
     * it takes at most a twentieth of the time.
     */
    public void settle(long nowNanos, GuardClock clock) {
        if (nowNanos < nextSettleNanos) {
            return;
        }
        long measured = measurePss(nowNanos, clock);
        long end = clock.nanoTime();
        nextSettleNanos = end + Math.max(100_000_000L, 20 * (end - nowNanos));
        if (measured >= 0) {
            pss = measured;
            pssAtNanos = nowNanos;
            rssAtPss = rss;
        }
    }

    private long measurePss(long nowNanos, GuardClock clock) {
        long begin = clock.nanoTime();
        long measured = -1;
        try {
            measured = watched.group().measurePss();
        } catch (RuntimeException | LinkageError e) {
            // As where it cannot be read: RSS counts.
            LOG.warn("the PSS of {} could not be measured", watched.notebook(), e);
        }
        held.measured(measured, nowNanos, clock.nanoTime() - begin);
        return measured;
    }

    /** Measures what it holds without mapping it, for a choice that is due now. */
    public void measureUnmapped(long nowNanos, long longestNanos) {
        try {
            unmapped = charged >= 0 ? 0 : Math.max(0, watched.group().measureUnmapped(longestNanos));
            unmappedAtNanos = nowNanos;
        } catch (RuntimeException | LinkageError e) {
            // As where it cannot be read: the decision is made by what is mapped.
            LOG.warn("what {} holds without mapping it could not be measured", watched.notebook(), e);
        }
    }

    /** Returns all that it is known to hold, what was measured without a mapping this moment included. */
    long allBytes(long nowNanos) {
        return settledBytes(nowNanos) + (unmappedAtNanos == nowNanos ? unmapped : 0);
    }

    /** Returns the cores used over the last one to two seconds. */
    public double cores() {
        long elapsed = sampledAtNanos - olderWindowAtNanos;
        return elapsed <= 0 ? 0 : Math.max(0, usage().totalCpuNanos() - olderWindow.totalCpuNanos()) / (double) elapsed;
    }

    public long sampledAtNanos() {
        return sampledAtNanos;
    }

    public GroupUsage olderWindow() {
        return olderWindow;
    }

    public long olderWindowAtNanos() {
        return olderWindowAtNanos;
    }

    /** Returns this execution as a kill policy sees it. */
    public Candidate candidate(long nowNanos) {
        return new Candidate(
                watched.id(),
                watched.notebook(),
                new CandidateUsage(
                        ByteSize.ofBytes(allBytes(nowNanos)),
                        ByteSize.ofBytes(rss),
                        growth,
                        cores(),
                        CpuTime.ofNanos(usage().totalCpuNanos())),
                Duration.ofNanos(Math.max(0, nowNanos - watched.launchedAtNanos())),
                watched.priority(),
                watched.progress(),
                watched.state() == ExecutionState.TERMINATING);
    }
}

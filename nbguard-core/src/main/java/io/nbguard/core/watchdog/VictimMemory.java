package io.nbguard.core.watchdog;

import io.nbguard.core.measure.ExecutionMeter;
import io.nbguard.spi.process.GroupUsage;

/**
 * What a victim can still give back, judged by its processes and not by a node that others go on filling.
 *
 * <p>A process that is being torn down shows no memory any more long before it has given it back; it does so when it is a
 * zombie or gone, and then it is no living member. So what each member held when the signal was sent counts until then.
 * Where the kernel charges the execution as a whole, that charge says it all. Sampling thread only.
 */
final class VictimMemory {

    /** What may stay: the root of a tree lives a little longer, to reap the others and to report. */
    private static final long LEFT_BYTES = 32L << 20;

    private final ExecutionMeter victim;
    private final GroupUsage atKill = new GroupUsage();
    private final long heldBytes;
    private final long leastBytes;

    /**
     * Notes what it holds now.
     *
     * @param nowNanos when the signal is sent
     */
    VictimMemory(ExecutionMeter victim, long nowNanos) {
        this.victim = victim;
        atKill.copyFrom(victim.usage());
        heldBytes = victim.estimateBytes(nowNanos);
        leastBytes = victim.lowerBytes();
    }

    /** Returns what it held when the signal was sent, as far as was known. */
    long heldBytes() {
        return heldBytes;
    }

    /** Returns what it held at least when the signal was sent. */
    long leastBytes() {
        return leastBytes;
    }

    /** Returns what it may still give back, as of the last sample. */
    long remainingBytes() {
        GroupUsage now = victim.usage();
        if (now.chargedBytes() >= 0) {
            return now.chargedBytes();
        }
        long remaining = 0;
        for (int i = 0; i < now.count(); i++) {
            remaining += Math.max(now.rssBytes(i), bytesAtKill(now.pid(i), now.startTicks(i)));
        }
        return Math.min(remaining, Math.max(heldBytes, now.totalRssBytes()));
    }

    /**
     * Returns whether nothing of it lives but perhaps its root, and that holds next to nothing; false if nothing was known
     * of its processes, so that nothing can be concluded from seeing none.
     */
    boolean isBack() {
        GroupUsage now = victim.usage();
        return atKill.count() > 0
                && now.count() <= 1
                // A living member without any memory is just being torn down.
                && (now.count() == 0 || now.rssBytes(0) > 0)
                && remainingBytes() <= Math.max(LEFT_BYTES, heldBytes / 16);
    }

    private long bytesAtKill(long pid, long startTicks) {
        for (int i = 0; i < atKill.count(); i++) {
            if (atKill.pid(i) == pid && atKill.startTicks(i) == startTicks) {
                return atKill.rssBytes(i);
            }
        }
        return 0;
    }
}

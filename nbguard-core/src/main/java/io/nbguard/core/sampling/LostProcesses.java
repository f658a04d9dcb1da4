package io.nbguard.core.sampling;

import io.nbguard.spi.GroupUsage;

/**
 * The last processes that one execution has lost, whatever ended them: when that was seen, and what they held when they
 * were last seen alive. Sampling thread only; {@link #update} allocates nothing while the tree stays as large as it was.
 */
final class LostProcesses {

    private static final int KEPT = 64;

    private final GroupUsage before = new GroupUsage();
    private final long[] bytes = new long[KEPT];
    private final long[] seenAt = new long[KEPT];
    private long count;

    /** Takes in what was just sampled. */
    void update(GroupUsage now, long nowNanos) {
        for (int i = 0; i < before.count(); i++) {
            // A zombie holds nothing any more.
            if (before.rssBytes(i) > 0 && !lives(now, before.pid(i), before.startTicks(i), i)) {
                int slot = (int) (count++ % KEPT);
                bytes[slot] = before.rssBytes(i);
                seenAt[slot] = nowNanos;
            }
        }
        before.copyFrom(now);
    }

    private static boolean lives(GroupUsage now, long pid, long startTicks, int likely) {
        // Members keep their places while none is lost.
        if (likely < now.count() && now.pid(likely) == pid && now.startTicks(likely) == startTicks) {
            return now.rssBytes(likely) > 0;
        }
        for (int i = 0; i < now.count(); i++) {
            if (now.pid(i) == pid && now.startTicks(i) == startTicks) {
                return now.rssBytes(i) > 0;
            }
        }
        return false;
    }

    /** Returns how many are remembered. */
    int count() {
        return (int) Math.min(count, KEPT);
    }

    long bytes(int i) {
        return bytes[i];
    }

    long seenAtNanos(int i) {
        return seenAt[i];
    }
}

package io.nbguard.core.measure;

import io.nbguard.api.execution.ExecutionState;
import io.nbguard.spi.process.GroupUsage;

/**
 * The last processes that one execution has lost: what ended them, as far as that is known, when that was seen, and what they
 * held when they were last seen alive. Sampling thread only; {@link #update} allocates nothing while the tree stays as large as it was.
 */
public final class LostProcesses {

    /** What ended a process. */
    public enum Death {
        /** SIGKILL, which nbguard did not send to it. */
        SIGKILL,
        /** Not known. */
        UNKNOWN,
        /** Its own exit, another signal, or nbguard. */
        OTHER
    }

    private static final int KEPT = 64;
    private static final int SIGKILL = 9;
    private static final int SIGNAL_BITS = 0x7f;

    private final GroupUsage before = new GroupUsage();
    private final long[] bytes = new long[KEPT];
    private final long[] seenAt = new long[KEPT];
    private final Death[] deaths = new Death[KEPT];
    private long count;

    /** Takes in what was just sampled. */
    void update(GroupUsage now, Watched watched, long nowNanos) {
        for (int i = 0; i < before.count(); i++) {
            // A zombie holds nothing any more.
            if (before.rssBytes(i) > 0 && !lives(now, before.pid(i), before.startTicks(i), i)) {
                int slot = (int) (count++ % KEPT);
                bytes[slot] = before.rssBytes(i);
                seenAt[slot] = nowNanos;
                deaths[slot] = death(now.endOf(before.pid(i), before.startTicks(i)), watched);
            }
        }
        before.copyFrom(now);
    }

    /** What dies while nbguard ends the execution has most likely died of that. */
    private static Death death(int waitStatus, Watched watched) {
        if (watched.state() == ExecutionState.TERMINATING) {
            return Death.OTHER;
        }
        if (waitStatus == GroupUsage.UNKNOWN_END) {
            return Death.UNKNOWN;
        }
        return (waitStatus & SIGNAL_BITS) == SIGKILL ? Death.SIGKILL : Death.OTHER;
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
    public int count() {
        return (int) Math.min(count, KEPT);
    }

    public long bytes(int i) {
        return bytes[i];
    }

    public Death death(int i) {
        return deaths[i];
    }

    public long seenAtNanos(int i) {
        return seenAt[i];
    }
}

package io.nbguard.cgroup.process;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The ids of members that have gone, for as long as the kernel has not given them out again: orphans and sessions that
 * they left behind are recognised by them. Holds the last few hundred. Guarded by the session's lock.
 */
final class Departed {

    private static final int CAPACITY = 512;

    private final long[] pids = new long[CAPACITY];
    private final @Nullable ProcessTree[] groups = new @Nullable ProcessTree[CAPACITY];
    private int next;

    void add(ProcessTree group, long pid) {
        pids[next] = pid;
        groups[next] = group;
        next = (next + 1) % CAPACITY;
    }

    /** Forgets ids that the cursor gave out again on its way. */
    void forgetPassed(long before, long now) {
        for (int i = 0; i < CAPACITY; i++) {
            if (groups[i] != null && PidCursor.passed(pids[i], before, now)) {
                groups[i] = null;
            }
        }
    }

    void forget(ProcessTree group) {
        for (int i = 0; i < CAPACITY; i++) {
            if (groups[i] == group) {
                groups[i] = null;
            }
        }
    }

    void forgetAll() {
        Arrays.fill(groups, null);
    }

    void claimIn(Kinship kinship) {
        for (int i = 0; i < CAPACITY; i++) {
            ProcessTree group = groups[i];
            if (group != null) {
                kinship.departed(group, pids[i]);
            }
        }
    }

    /** Claims for one group only what was not given out again between {@code before} and {@code now}. */
    void claimIn(Kinship kinship, ProcessTree only, long before, long now) {
        for (int i = 0; i < CAPACITY; i++) {
            if (groups[i] == only && !PidCursor.passed(pids[i], before, now)) {
                kinship.departed(only, pids[i]);
            }
        }
    }
}

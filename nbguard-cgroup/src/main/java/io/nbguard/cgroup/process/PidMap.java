package io.nbguard.cgroup.process;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A hash map from process ids to objects without boxes: open addressing, linear probing, at most half full. Not for threads to share. */
final class PidMap<V> {

    /** No process has this id. */
    private static final long FREE = 0;

    private long[] keys = new long[64];
    private @Nullable Object[] values = new @Nullable Object[64];
    private int size;

    /** Removes everything. */
    void clear() {
        if (size > 0) {
            Arrays.fill(keys, FREE);
            Arrays.fill(values, null);
            size = 0;
        }
    }

    int size() {
        return size;
    }

    void put(long pid, V value) {
        if ((size + 1) * 2 > keys.length) {
            grow();
        }
        int slot = slotOf(pid);
        if (keys[slot] == FREE) {
            keys[slot] = pid;
            size++;
        }
        values[slot] = value;
    }

    @SuppressWarnings("unchecked")
    @Nullable V get(long pid) {
        return pid == FREE ? null : (V) values[slotOf(pid)];
    }

    private int slotOf(long pid) {
        int mask = keys.length - 1;
        // Ids are given out one after another: multiplying spreads runs of them.
        int slot = (int) ((pid * 0x9E3779B97F4A7C15L) >>> 40) & mask;
        while (keys[slot] != FREE && keys[slot] != pid) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldKeys = keys;
        @Nullable Object[] oldValues = values;
        keys = new long[oldKeys.length * 2];
        values = new @Nullable Object[oldKeys.length * 2];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != FREE) {
                int slot = slotOf(oldKeys[i]);
                keys[slot] = oldKeys[i];
                values[slot] = oldValues[i];
            }
        }
    }
}

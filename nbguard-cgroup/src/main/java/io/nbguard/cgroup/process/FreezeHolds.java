package io.nbguard.cgroup.process;

import io.nbguard.spi.process.FreezeReason;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The holds on a group, one for each reason. Bits and no set, because one is added while a victim dies: that allocates
 * nothing. Reading is for any thread; changes are made under a lock of the caller.
 */
public final class FreezeHolds {

    private static final FreezeReason[] REASONS = FreezeReason.values();

    /** What each combination of bits means. */
    private static final Set<FreezeReason>[] SETS = sets();

    private volatile int bits;

    /** Makes one without holds. */
    public FreezeHolds() {}

    /** Adds a hold, unless there is one of this reason. */
    public void add(FreezeReason why) {
        bits |= 1 << why.ordinal();
    }

    /** Releases a hold, if there is one. */
    public void remove(FreezeReason why) {
        bits &= ~(1 << why.ordinal());
    }

    /** Releases all. */
    public void clear() {
        bits = 0;
    }

    /** Returns whether there is a hold of this reason. */
    public boolean has(FreezeReason why) {
        return (bits & 1 << why.ordinal()) != 0;
    }

    /** Returns whether there is a hold of another reason than this. */
    public boolean hasOtherThan(FreezeReason why) {
        return (bits & ~(1 << why.ordinal())) != 0;
    }

    /** Returns whether there is none. */
    public boolean isEmpty() {
        return bits == 0;
    }

    /** Returns the reasons of all; the same unchangeable object for the same reasons. */
    public Set<FreezeReason> reasons() {
        return SETS[bits];
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Set<FreezeReason>[] sets() {
        return IntStream.range(0, 1 << REASONS.length)
                .mapToObj(FreezeHolds::set)
                .toArray(Set[]::new);
    }

    private static Set<FreezeReason> set(int bits) {
        Set<FreezeReason> set = EnumSet.noneOf(FreezeReason.class);
        for (FreezeReason reason : REASONS) {
            if ((bits & 1 << reason.ordinal()) != 0) {
                set.add(reason);
            }
        }
        return Set.copyOf(set);
    }
}

package io.nbguard.cgroup.leaf;

/**
 * How much all notebooks together may hold, so that their bound is reached before the node's: arithmetic only, in bytes.
 *
 * @param fixedBytes the reserve that was asked for; negative to compute it from what the other processes hold
 */
record Reserve(long fixedBytes) {

    /** Room for what the others may come to hold until it is looked at again. */
    private static final long LEAST_MARGIN = 32L << 20;

    private static final long MARGIN_PART = 64;

    /** A change of the bound by less than this part of the limit is not worth a write. */
    private static final long HYSTERESIS_PART = 256;

    /** What the notebooks hold may grow by this much before the kernel ends one, when there is no room for more. */
    private static final long LAST_ROOM = 4L << 20;

    /**
     * Returns what one limit leaves to the notebooks; may be negative.
     *
     * @param limit the most that the group may hold in which all are
     * @param held what cannot be reclaimed of that group
     * @param notebooks what cannot be reclaimed of the notebooks, which are part of it
     */
    long room(long limit, long held, long notebooks) {
        if (fixedBytes >= 0) {
            return limit - fixedBytes;
        }
        return limit - Math.max(0, held - notebooks) - Math.max(LEAST_MARGIN, limit / MARGIN_PART);
    }

    /**
     * Returns the bound to set: the room, but never less than what the notebooks hold now, or the kernel would kill at once,
     * a process of its choice. Ending the right one is the watchdog's part.
     *
     * @param room the least that a limit leaves
     */
    static long bound(long room, long notebooks) {
        return Math.max(room, notebooks + LAST_ROOM);
    }

    /** Returns whether a bound is worth being set in the place of the one that holds. */
    static boolean isWorthSetting(long bound, long inForce, long limit) {
        return Math.abs(bound - inForce) >= Math.max(1, limit / HYSTERESIS_PART);
    }
}

package io.nbguard.core.thread;

import java.util.concurrent.locks.LockSupport;

/**
 * Parks threads of the guard's own, which have no use for an interrupt: one that is pending when the thread wakes is cleared, since
 * it would make every later park return at once. As any park it may return early; callers look again at what they wait for.
 */
public final class Parking {

    private Parking() {}

    /**
     * Parks until another thread unparks this one.
     *
     * @param blocker what this thread waits for, shown in thread dumps
     */
    public static void park(Object blocker) {
        LockSupport.park(blocker);
        Thread.interrupted();
    }

    /**
     * Parks until another thread unparks this one, or the time is up.
     *
     * @param blocker what this thread waits for, shown in thread dumps
     * @param nanos how long at most, in nanoseconds; 0 or less returns at once
     */
    public static void park(Object blocker, long nanos) {
        LockSupport.parkNanos(blocker, nanos);
        Thread.interrupted();
    }
}

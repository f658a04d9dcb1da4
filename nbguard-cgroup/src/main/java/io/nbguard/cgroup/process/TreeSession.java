package io.nbguard.cgroup.process;

import java.util.concurrent.locks.Lock;

/** What trees have in common: the machine that they are on, how they are signalled, and what the last tick saw. */
interface TreeSession {

    Machine machine();

    Signals signals();

    OomScore oomScore();

    ProcLimits limits();

    /** Returns the lock of all that the sampling thread shares with others: held for as long as a few numbers are copied. */
    Lock lock();

    /** Returns the ids of gone members. Under the lock. */
    Departed departed();

    /** Returns the number of the last tick. Any thread. */
    long tick();

    PidLaps laps();

    /** Returns whether, between the last tick and the one before, all ids may have been given out again. Sampling thread. */
    boolean lapped();

    /** Returns whether nothing was started since the last tick, and that has seen all there was to see. Any thread. */
    boolean knowsAll();

    /** Returns where the PID cursor was at the last tick. Any thread. */
    PidLaps.Look lastLook();

    /** Samples a tree no longer. Any thread. */
    void remove(ProcessTree tree);
}

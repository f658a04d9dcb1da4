package io.nbguard.cgroup.process;

/** The processor time of one process, exact to the nanosecond. For one thread. */
interface CpuClock {

    /**
     * Reads the clock of the process that has the id {@code pid} now: count it only if the process is proved to have
     * lived after this call.
     *
     * @return nanoseconds, or -1 if there is no such process
     */
    long nanos(long pid);
}

package io.nbguard.benchmarks.peer;

/** The ways of measuring that are compared, in the order of the tables. */
public enum Contestant {
    /** nbguard as it runs: memory from statm, the process's CPU clock. */
    NBGUARD("**nbguard**, memory and CPU (statm + CPU clock)"),
    /** nbguard where native access is refused. */
    NBGUARD_PURE_JAVA("**nbguard**, memory and CPU, pure Java (stat)"),
    /** nbguard with state, threads, parent and the CPU of ended children. */
    NBGUARD_FULL("**nbguard**, full depth"),
    /** The floor of {@link #NBGUARD}. */
    C_CLOCK("C, system calls only: statm + CPU clock"),
    /** The floor of {@link #NBGUARD_PURE_JAVA}. */
    C_STAT("C, system calls only: stat"),
    /** The floor of {@link #NBGUARD_FULL}. */
    C_FULL("C, system calls only: statm + CPU clock + stat"),
    /** {@link #C_CLOCK} where the kernel must reckon with other threads that close the file meanwhile. */
    C_CLOCK_THREADED("C, statm + CPU clock, in a process with a second thread (as every JVM has)"),
    /** {@link #C_STAT} in such a process. */
    C_STAT_THREADED("C, stat, in a process with a second thread"),
    /** psutil with processes found once. */
    PSUTIL_KNOWN("psutil, known processes: memory_info + cpu_times"),
    /** psutil as monitors use it. */
    PSUTIL_SUM("psutil, sum of RSS over children(recursive=True)"),
    /** OSHI with processes found once. */
    OSHI_UPDATE("OSHI updateAttributes, known processes"),
    /** OSHI finding the descendants of each root. */
    OSHI_DESCENDANTS("OSHI getDescendantProcesses"),
    /** The JDK alone. */
    PROCESS_HANDLE("ProcessHandle.descendants + /proc/PID/statm");

    private final String title;

    Contestant(String title) {
        this.title = title;
    }

    /** Returns its name in the tables. */
    public String title() {
        return title;
    }

    /** Returns whether it is nbguard or the floor under it: cheap enough to be measured under every condition. */
    public boolean isLean() {
        return ordinal() <= C_FULL.ordinal();
    }
}

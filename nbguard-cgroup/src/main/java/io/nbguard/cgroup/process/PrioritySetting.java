package io.nbguard.cgroup.process;

import io.nbguard.spi.Setting;

/** The setting for the priority of the sampling thread. */
final class PrioritySetting {

    /** How far a guard may raise it. */
    enum Wish {
        /** Real time, or what is next to it. */
        REAL_TIME,
        /** A nice value, and no more. */
        NICE,
        /** As any other thread. */
        NONE
    }

    /** The setting that says how far. */
    static final Setting<Wish> PRIORITY = Setting.oneOf(
                    "cgroup.priority",
                    Wish.class,
                    "How far the sampling thread's priority is raised, if this process may do so.")
            .usually("real-time");

    private PrioritySetting() {}
}

package io.nbguard.benchmarks.chaos;

import java.util.Locale;

/** What watches over the memory in a run. */
enum Guardian {
    /** nbguard in a host that does nothing else. */
    NBGUARD("**nbguard** in an idle host", true, false, false),
    /** nbguard in a host that makes a lot of garbage beside it. */
    NBGUARD_ALLOCATING("**nbguard** in a host that allocates", true, false, true),
    /** nbguard's sidecar beside an idle host. */
    SIDECAR("**nbguard**'s sidecar, idle host", true, true, false),
    /** nbguard's sidecar beside a host that makes a lot of garbage. */
    SIDECAR_ALLOCATING("**nbguard**'s sidecar, host allocates", true, true, true),
    /** A plain poll. */
    POLL("a poll once a second", false, false, false),
    /** earlyoom, to which the control group looks like the machine. */
    EARLYOOM("earlyoom", false, false, false),
    /** A C program that watches and kills and does nothing else: what the machine permits. */
    BARE("bare C", false, false, false);

    private final String title;
    private final boolean nbguard;
    private final boolean sidecar;
    private final boolean allocating;

    Guardian(String title, boolean nbguard, boolean sidecar, boolean allocating) {
        this.title = title;
        this.nbguard = nbguard;
        this.sidecar = sidecar;
        this.allocating = allocating;
    }

    /** Returns its name in lower case, with dashes. */
    String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String title() {
        return title;
    }

    boolean isNbguard() {
        return nbguard;
    }

    boolean isSidecar() {
        return sidecar;
    }

    boolean isAllocating() {
        return allocating;
    }
}

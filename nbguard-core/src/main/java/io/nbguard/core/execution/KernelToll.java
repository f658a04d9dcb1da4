package io.nbguard.core.execution;

/**
 * What the kernel's OOM killer took from one execution.
 *
 * @param processes how many
 * @param where whose limit was reached, or what counted them, for people
 */
record KernelToll(long processes, String where) {

    static final KernelToll NONE = new KernelToll(0, "");

    /** Returns this and what was taken since. */
    KernelToll and(long more, String whereNow) {
        return new KernelToll(processes + more, whereNow);
    }

    boolean isNone() {
        return processes == 0;
    }

    /** Says it as the reason of an end. */
    String asReason() {
        return "The kernel's OOM killer took " + counted() + " of its processes: " + where;
    }

    /** Says it as something that happened besides. */
    String asRemark() {
        return "the kernel's OOM killer took " + counted() + " of its processes while it ran: " + where;
    }

    private String counted() {
        return processes == 1 ? "one" : Long.toString(processes);
    }
}

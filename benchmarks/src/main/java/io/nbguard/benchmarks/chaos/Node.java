package io.nbguard.benchmarks.chaos;

/**
 * The node of a run.
 *
 * @param name short, for file names
 * @param limitBytes its memory limit
 * @param thresholdBytes the use at which a guardian acts
 */
record Node(String name, long limitBytes, long thresholdBytes) {

    private static final long MIB = 1L << 20;

    /** 4 GiB, of which the last is the headroom. */
    static final Node LARGE = new Node("large", 4096 * MIB, 3072 * MIB);
    /** 1 GiB, of which the last quarter is the headroom: what is to be left alone fills it quickly. */
    static final Node SMALL = new Node("small", 1024 * MIB, 768 * MIB);
    /** The threshold leaves a victim of about 1 GiB. */
    static final Node MIDDLE = new Node("middle", 4096 * MIB, 1280 * MIB);

    /** What the virtual machine has room for: 1 GiB, of which the last quarter is the headroom. */
    static final Node GUEST = new Node("guest", 1024 * MIB, 768 * MIB);

    /** The same with a watchdog that acts only at the limit: the kernel acts first, as if a hog had outrun the watchdog. */
    static final Node OUTRUN = new Node("outrun", 1024 * MIB, 1024 * MIB);

    /** Returns the threshold as a part of the limit. */
    double killAt() {
        return (double) thresholdBytes / limitBytes;
    }

    /** Returns what is between the two. */
    long headroomBytes() {
        return limitBytes - thresholdBytes;
    }
}

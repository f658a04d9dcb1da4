package io.nbguard.core.measure;

import java.util.Locale;

/** An account of the memory that a process tree holds, best first. */
public enum MemoryAccount {
    /** The kernel's charge to the execution's own cgroup, less file cache and reclaimable slab. */
    CHARGED,

    /**
     * PSS and swapped PSS, which count a shared page once. Measured at most once a second; in between, what the largest
     * process has grown by since is added. A process that may not be looked into counts by its RSS.
     */
    PSS,

    /**
     * The sum of RSS: exact enough where one process holds nine tenths of it. Elsewhere it stands in for a PSS that may not
     * be read or was not measured yet, and counts a shared page once per process.
     */
    RSS;

    // Made once: a reading names its source on every snapshot.
    private final String text = name().toLowerCase(Locale.ROOT);

    /** Returns the name in JSON and on screens: {@code charged}, {@code pss} or {@code rss}. */
    public String text() {
        return text;
    }
}

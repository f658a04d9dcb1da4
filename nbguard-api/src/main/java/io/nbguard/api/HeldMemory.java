package io.nbguard.api;

import io.nbguard.api.measure.ByteSize;
import java.util.Locale;

/**
 * The memory that an execution holds, over its whole process tree, as one number: the best account of it that can be had,
 * with the source that it comes from.
 *
 * @param size the memory held
 * @param source the account that {@code size} was taken from
 */
public record HeldMemory(ByteSize size, Source source) {

    /** An account of a process tree's memory, best first. */
    public enum Source {
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

        /** Returns the name in JSON and on screens: {@code charged}, {@code pss} or {@code rss}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}

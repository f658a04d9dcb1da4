package io.nbguard.benchmarks.chaos;

import java.util.List;

/**
 * What the observer saw of one run. Times in nanoseconds since the go, sizes in bytes less what could be reclaimed, -1 for
 * never (see {@code observer.c}).
 *
 * @param processes everything that had joined
 * @param crossedNanos when the group's use crossed the threshold
 * @param peakBytes how high it got
 * @param backNanos when the memory of the last that was sentenced was back but for 5 %
 * @param kernelOomKills how many processes the kernel's OOM killer took
 * @param nodeOoms how often the node's own limit was what made the kernel act, or, where only that limit is
 *     there, how many processes it took
 * @param fillPerSecond how fast it was filled just below the threshold, in bytes per second
 * @param looks how often the observer looked
 * @param cpuNanos the observer's own processor time
 * @param endNanos when the run was over
 * @param lateNanos by how much a look came too late at most, from the go until the memory was back
 * @param stolenMillis for how long the machine's own host took processors away meanwhile, in steps of 10 ms
 */
record Observation(
        List<Seen> processes,
        long crossedNanos,
        long peakBytes,
        long backNanos,
        long kernelOomKills,
        long nodeOoms,
        long fillPerSecond,
        long looks,
        long cpuNanos,
        long endNanos,
        long lateNanos,
        long stolenMillis) {

    /** Never. */
    static final long NEVER = -1;

    /**
     * A process that had joined.
     *
     * @param execution the execution it belongs to
     * @param hog whether it is one
     * @param sentencedNanos when its death sentence was seen
     * @param byKernel whether the kernel's OOM killer passed it
     * @param neededBytes what the group would have held then if those sentenced before were already gone
     * @param useBytes what the group held then
     * @param exitedNanos when it was seen dead
     * @param left whether it went by itself
     * @param doneNanos when it had done all that it wanted
     */
    record Seen(
            String execution,
            boolean hog,
            long sentencedNanos,
            boolean byKernel,
            long neededBytes,
            long useBytes,
            long exitedNanos,
            boolean left,
            long doneNanos) {

        /** Reads a line of the observer's, without the word that begins it. */
        static Seen parse(String[] word) {
            return new Seen(
                    word[1],
                    word[2].equals("h"),
                    Long.parseLong(word[4]),
                    word[5].equals("1"),
                    Long.parseLong(word[7]),
                    Long.parseLong(word[8]),
                    Long.parseLong(word[9]),
                    word[10].equals("1"),
                    Long.parseLong(word[11]));
        }
    }

    /** Reads the observer's last line. */
    static Observation parse(List<Seen> processes, String[] word) {
        return new Observation(
                List.copyOf(processes),
                Long.parseLong(word[1]),
                Long.parseLong(word[2]),
                Long.parseLong(word[3]),
                Long.parseLong(word[4]),
                Long.parseLong(word[5]),
                Long.parseLong(word[6]),
                Long.parseLong(word[7]),
                Long.parseLong(word[8]),
                Long.parseLong(word[9]),
                Long.parseLong(word[10]),
                Long.parseLong(word[11]));
    }
}

package io.nbguard.benchmarks.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Processor time of the whole machine (proc_stat(5)), in clock ticks. Stolen is what a virtual machine's host gave to others
 * while one of the machine's processors had something to do: nothing runs then, whatever its priority.
 */
record ProcessorTime(long all, long stolen) {

    private static final int STEAL = 8;

    static ProcessorTime read() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/stat"))) {
            String[] fields = lines.findFirst().orElseThrow().split(" +");
            long all = 0;
            // Guests' time, which follows, is counted in the first two already.
            for (int i = 1; i <= STEAL; i++) {
                all += Long.parseLong(fields[i]);
            }
            return new ProcessorTime(all, Long.parseLong(fields[STEAL]));
        }
    }

    /** Returns the part of all processor time since then that was stolen. */
    double stolenSince(ProcessorTime begin) {
        return (double) (stolen - begin.stolen) / Math.max(1, all - begin.all);
    }
}

package io.nbguard.cgroup.process;

import io.nbguard.cgroup.libc.LinuxCalls;
import io.nbguard.cgroup.libc.NativeMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;

/** When the machine started, which the start times of processes are counted from. */
final class BootTime {

    private static final int CLOCK_BOOTTIME = 7;

    private BootTime() {}

    /** Reads it; the epoch if no file contains it. */
    static Instant of(Machine machine, Clock wall) {
        if (machine.calls().available()) {
            NativeMemory timespec = new NativeMemory(16);
            if (LinuxCalls.clock_gettime(CLOCK_BOOTTIME, timespec.address()) == 0) {
                return wall.instant()
                        .minusSeconds(timespec.buffer().getLong(0))
                        .minusNanos(timespec.buffer().getLong(8));
            }
        }
        return statedIn(machine.proc());
    }

    /** {@code /proc/stat} says it to the second. */
    private static Instant statedIn(Path proc) {
        try {
            return ProcFiles.text(proc.resolve("stat"))
                    .lines()
                    .filter(line -> line.startsWith("btime "))
                    .findFirst()
                    .map(line -> Instant.ofEpochSecond(
                            Long.parseLong(line.substring(6).trim())))
                    .orElse(Instant.EPOCH);
        } catch (IOException | NumberFormatException e) {
            return Instant.EPOCH;
        }
    }
}

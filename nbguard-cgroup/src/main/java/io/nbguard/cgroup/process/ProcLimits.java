package io.nbguard.cgroup.process;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.resource.Allocation;
import io.nbguard.api.resource.CpuSet;
import io.nbguard.api.resource.Enforcement;
import io.nbguard.api.resource.Resource;
import io.nbguard.api.resource.ResourceSpec;
import io.nbguard.cgroup.libc.LinuxCalls;
import io.nbguard.cgroup.libc.NativeMemory;
import io.nbguard.spi.process.LimitSupport;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The limits that hold for a tree of processes without a cgroup of its own. All are soft: the watchdog ends what exceeds its memory,
 * and affinity and nice are inherited by what the tree starts, until its code sets others.
 */
final class ProcLimits {

    private static final int USUAL_SHARES = 1_024;

    /** One step of nice is a quarter more or less of the processor time (sched(7)). */
    private static final double STEP = 1.25;

    private static final int LEAST_NICE = -20;
    private static final int MOST_NICE = 19;

    private final Machine machine;
    private final Map<Resource, Enforcement> enforcement;

    ProcLimits(Machine machine) {
        this.machine = machine;
        Map<Resource, Enforcement> all = new EnumMap<>(Resource.class);
        all.put(Resource.MEMORY, Enforcement.soft("the watchdog, which ends it"));
        if (machine.calls().available()) {
            all.put(
                    Resource.CPU_SHARES,
                    Enforcement.soft("nice of its processes; more than " + USUAL_SHARES + " shares need a privilege"));
            all.put(Resource.CPUSET, Enforcement.soft("CPU affinity of its processes"));
        }
        enforcement = Collections.unmodifiableMap(all);
    }

    /** Returns which limits hold. */
    Map<Resource, Enforcement> enforcement() {
        return enforcement;
    }

    /**
     * Refuses limits that do not hold.
     *
     * @throws GuardException (UNSUPPORTED) if there is one; (INVALID_REQUEST) if this process may not use a CPU that is asked for
     */
    void check(Allocation allocation) {
        LimitSupport.require(allocation, enforcement.keySet(), "a tracker of process trees");
        allocation.limits().cpuset().ifPresent(asked -> cpus().filter(own -> !own.containsAll(asked))
                .ifPresent(own -> {
                    throw new GuardException(
                            ErrorCode.INVALID_REQUEST,
                            "the CPUs " + asked + " are asked for, and this process may use " + own
                                    + ": expected some of these");
                }));
    }

    /** Returns the CPUs that this process may use; empty if that cannot be read. */
    private Optional<CpuSet> cpus() {
        try {
            return ProcFiles.text(machine.proc().resolve("self/status"))
                    .lines()
                    .filter(line -> line.startsWith("Cpus_allowed_list:"))
                    .map(line -> CpuSet.parse(line.substring(line.indexOf(':') + 1)))
                    .findFirst();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Limits a process that was just started and has started nothing itself. */
    void begin(ResourceSpec limits, long pid) {
        limits.cpuset().ifPresent(cpus -> setAffinity(pid, mask(cpus)));
        nice(limits.cpuShares()).ifPresent(nice -> setNice(pid, nice));
    }

    /** Changes the limits of a process of ours that runs, with all of its threads. */
    void change(ResourceSpec limits, long pid) {
        NativeMemory mask = limits.cpuset().or(this::cpus).map(ProcLimits::mask).orElse(null);
        int nice = nice(limits.cpuShares()).orElseGet(ProcLimits::ownNice);
        Path threads = machine.proc().resolve(Long.toString(pid)).resolve("task");
        try (DirectoryStream<Path> all = Files.newDirectoryStream(threads)) {
            for (Path thread : all) {
                long id = Long.parseLong(thread.getFileName().toString());
                if (mask != null) {
                    setAffinity(id, mask);
                }
                setNice(id, nice);
            }
        } catch (IOException | DirectoryIteratorException | NumberFormatException e) {
            // It has ended.
            return;
        }
    }

    private static NativeMemory mask(CpuSet cpus) {
        NativeMemory mask = new NativeMemory(CpuSet.MOST_CPUS / Byte.SIZE);
        for (int cpu = 0; cpu <= cpus.highest(); cpu++) {
            if (cpus.contains(cpu)) {
                // The kernel's mask is a row of machine words.
                int word = cpu / Long.SIZE * Long.BYTES;
                mask.buffer().putLong(word, mask.buffer().getLong(word) | 1L << cpu % Long.SIZE);
            }
        }
        return mask;
    }

    /** What is refused was refused by the kernel to this user, or the process has ended: the limit is a soft one. */
    private static void setAffinity(long thread, NativeMemory mask) {
        LinuxCalls.sched_setaffinity((int) thread, mask.buffer().capacity(), mask.address());
    }

    private static void setNice(long thread, int nice) {
        LinuxCalls.setpriority(LinuxCalls.PRIO_PROCESS, (int) thread, nice);
    }

    private static Optional<Integer> nice(OptionalInt shares) {
        if (shares.isEmpty()) {
            return Optional.empty();
        }
        long steps = Math.round(Math.log(USUAL_SHARES / (double) shares.getAsInt()) / Math.log(STEP));
        return Optional.of((int) Math.max(LEAST_NICE, Math.min(MOST_NICE, ownNice() + steps)));
    }

    /** Returns the nice value of this process, whose main thread is not one of those that were given priority. */
    private static int ownNice() {
        return LinuxCalls.getpriority(
                LinuxCalls.PRIO_PROCESS, (int) ProcessHandle.current().pid());
    }
}

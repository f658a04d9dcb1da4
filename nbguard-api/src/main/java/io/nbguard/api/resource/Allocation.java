package io.nbguard.api.resource;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What an execution was given: the limits that hold for it, and the devices that are its own. It may differ from what was
 * asked, and change while the execution runs.
 *
 * @param limits the limits that hold; a resource without one is not bounded for this execution alone
 * @param devices the devices that no other execution has; empty if it has none, or an engine elsewhere chooses them
 */
public record Allocation(ResourceSpec limits, List<DeviceId> devices) {

    /** What OpenMP, BLAS libraries, numexpr, polars, Rust's rayon and joblib read. */
    private static final List<String> THREAD_VARIABLES = List.of(
            "OMP_NUM_THREADS",
            "OPENBLAS_NUM_THREADS",
            "MKL_NUM_THREADS",
            "NUMEXPR_MAX_THREADS",
            "POLARS_MAX_THREADS",
            "RAYON_NUM_THREADS",
            "LOKY_MAX_CPU_COUNT");

    /** No limit and no device. */
    public static final Allocation NONE = new Allocation(ResourceSpec.NONE, List.of());

    /**
     * Checks the devices.
     *
     * @throws IllegalArgumentException if one is there twice
     */
    public Allocation {
        devices = List.copyOf(devices);
        if (new HashSet<>(devices).size() != devices.size()) {
            throw new IllegalArgumentException("a device is given twice: expected each once in " + devices);
        }
    }

    /** Returns limits without devices. */
    public static Allocation of(ResourceSpec limits) {
        return new Allocation(limits, List.of());
    }

    /**
     * Returns environment variables by which the code of the execution learns what it may use: {@code NBGUARD_MEMORY_LIMIT} in bytes,
     * {@code NBGUARD_CPU_LIMIT} in cores, {@code NBGUARD_PIDS_LIMIT}, {@code NBGUARD_DISK_LIMIT} and {@code NBGUARD_GPU_MEMORY_LIMIT}
     * in bytes, {@code NBGUARD_GPU_DEVICES} as a list with commas; and, where CPU time or the set of CPUs is limited, how many threads
     * numerical libraries start ({@code OMP_NUM_THREADS} and others): one for each core, a part of a core counted as a whole one. By
     * themselves these libraries start one for each CPU of the machine. A limit that is not given is not among them.
     */
    public Map<String, String> environment() {
        Map<String, String> environment = new TreeMap<>();
        limits.memory().ifPresent(size -> environment.put("NBGUARD_MEMORY_LIMIT", Long.toString(size.bytes())));
        limits.cpu().ifPresent(cpu -> environment.put("NBGUARD_CPU_LIMIT", cpu.coresText()));
        limits.pids().ifPresent(most -> environment.put("NBGUARD_PIDS_LIMIT", Long.toString(most)));
        limits.disk().ifPresent(size -> environment.put("NBGUARD_DISK_LIMIT", Long.toString(size.bytes())));
        limits.gpuMemory().ifPresent(size -> environment.put("NBGUARD_GPU_MEMORY_LIMIT", Long.toString(size.bytes())));
        if (!devices.isEmpty()) {
            environment.put(
                    "NBGUARD_GPU_DEVICES", devices.stream().map(DeviceId::value).collect(Collectors.joining(",")));
        }
        threads()
                .ifPresent(
                        threads -> THREAD_VARIABLES.forEach(name -> environment.put(name, Integer.toString(threads))));
        return environment;
    }

    private OptionalInt threads() {
        if (limits.cpu().isEmpty() && limits.cpuset().isEmpty()) {
            return OptionalInt.empty();
        }
        double cores = limits.cpu().map(CpuLimit::cores).orElse(Double.MAX_VALUE);
        int cpus = limits.cpuset().map(CpuSet::size).orElse(Integer.MAX_VALUE);
        return OptionalInt.of((int) Math.max(1, Math.min(Math.ceil(cores), cpus)));
    }
}

package io.nbguard.cli;

import io.nbguard.api.resource.DockerKeys;
import io.nbguard.api.resource.ResourceSpec;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What an execution may use: options with the names that {@code docker run} has for them. */
final class LimitOptions {

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            description = "The most memory, such as 512m or 2g; the notebook is ended when it holds more.")
    @Nullable String memory;

    @Option(
            names = "--memory-swap",
            paramLabel = "SIZE",
            description =
                    "The most memory and swap together; -1 is unlimited swap. Default: no swap where a cgroup limits it.")
    @Nullable String memorySwap;

    @Option(names = "--memory-swappiness", paramLabel = "N", description = "How readily it is swapped out, 0 to 100.")
    @Nullable String swappiness;

    @Option(names = "--cpus", paramLabel = "N", description = "The most CPU time, in cores, such as 2.5 or 1500m.")
    @Nullable String cpus;

    @Option(
            names = "--cpu-quota",
            paramLabel = "MICROS",
            description = "The most CPU time in each period, in microseconds.")
    @Nullable String cpuQuota;

    @Option(names = "--cpu-period", paramLabel = "MICROS", description = "The period of --cpu-quota. Default: 100000.")
    @Nullable String cpuPeriod;

    @Option(
            names = "--cpu-shares",
            paramLabel = "N",
            description = "Its weight when executions compete for CPU time; 1024 is usual.")
    @Nullable String cpuShares;

    @Option(names = "--cpuset-cpus", paramLabel = "LIST", description = "The CPUs that it may run on, such as 0-3,8.")
    @Nullable String cpuset;

    @Option(names = "--pids-limit", paramLabel = "N", description = "The most processes and threads; -1 is unlimited.")
    @Nullable String pids;

    @Option(names = "--disk", paramLabel = "SIZE", description = "The most that it may write to its folders.")
    @Nullable String disk;

    @Option(names = "--gpus", paramLabel = "N", description = "GPUs: a number, all, none, or device=0,1.")
    @Nullable String gpus;

    @Option(names = "--gpu-memory", paramLabel = "SIZE", description = "The most memory on each of its GPUs.")
    @Nullable String gpuMemory;

    @Option(
            names = "--limits",
            paramLabel = "FILE",
            description =
                    "Takes limits from a JSON object with docker-py's keys ('nbguard limits parse --help' shows them);"
                            + " - is standard input. The options above win over it. A limit that nothing here enforces is refused.")
    @Nullable Path file;

    /** Made by picocli. */
    LimitOptions() {}

    /**
     * Returns the limits.
     *
     * @param folder where a relative path begins
     * @throws io.nbguard.api.GuardException (INVALID_REQUEST) if a value cannot be meant or two contradict each other: names them
     */
    ResourceSpec limits(Path folder) {
        Map<String, String> names = new LinkedHashMap<>();
        Map<String, @Nullable Object> values =
                new LinkedHashMap<>(file == null ? Map.of() : LimitsFile.keys(folder, file));
        put(values, names, "mem_limit", "--memory", memory, "memoryBytes");
        put(values, names, "memswap_limit", "--memory-swap", memorySwap, "memorySwapBytes");
        put(values, names, "mem_swappiness", "--memory-swappiness", swappiness, "swappiness");
        if (cpus != null || cpuQuota != null) {
            List.of("cpus", "cpu_limit", "nano_cpus", "cpu_quota", "cpu_period", "cpuQuotaMicros", "cpuPeriodMicros")
                    .forEach(values::remove);
        }
        put(values, names, "cpus", "--cpus", cpus);
        put(values, names, "cpu_quota", "--cpu-quota", cpuQuota);
        put(values, names, "cpu_period", "--cpu-period", cpuPeriod, "cpuPeriodMicros");
        put(values, names, "cpu_shares", "--cpu-shares", cpuShares, "cpuShares");
        put(values, names, "cpuset_cpus", "--cpuset-cpus", cpuset, "cpuset");
        put(values, names, "pids_limit", "--pids-limit", pids, "pids");
        put(values, names, "disk", "--disk", disk, "disk_limit", "diskBytes", "storage_opt");
        put(values, names, "gpus", "--gpus", gpus, "gpu_devices", "device_requests");
        put(values, names, "gpu_memory", "--gpu-memory", gpuMemory, "gpu_memory_limit", "gpuMemoryBytes");
        try {
            return DockerKeys.parse(values);
        } catch (IllegalArgumentException e) {
            throw Usage.wrong(asOptions(String.valueOf(e.getMessage()), names), e);
        }
    }

    /** Puts the value of an option in place of what a file has under its key or another key for the same. */
    private static void put(
            Map<String, @Nullable Object> values,
            Map<String, String> names,
            String key,
            String option,
            @Nullable String value,
            String... sameInFile) {
        if (value != null) {
            List.of(sameInFile).forEach(values::remove);
            values.put(key, value);
            names.put(key, option);
        }
    }

    /** Names what was given as an option by its option. */
    private static String asOptions(String message, Map<String, String> names) {
        String text = message;
        for (Map.Entry<String, String> name : names.entrySet()) {
            text = text.replaceAll("(?<![\\w-])" + name.getKey() + "(?=:| ')", name.getValue());
        }
        return text;
    }
}

package io.nbguard.api.resource;

import io.nbguard.api.internal.Similarity;
import io.nbguard.api.measure.ByteSize;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Limits under the keys of docker-py, of DockerSpawner and of nbguard. */
public final class DockerKeys {

    /** Docker's number for no limit. */
    private static final long NO_LIMIT = -1;

    private static final Map<String, Reader> READERS = new LinkedHashMap<>();

    static {
        READERS.put("mem_limit", DockerKeys::memory);
        READERS.put("memswap_limit", DockerKeys::memorySwap);
        READERS.put("mem_swappiness", DockerKeys::swappiness);
        READERS.put("cpus", DockerKeys::cores);
        READERS.put("cpu_limit", DockerKeys::cores);
        READERS.put("nano_cpus", DockerKeys::nanoCpus);
        READERS.put("cpu_quota", DockerKeys::cpuQuota);
        READERS.put("cpu_period", DockerKeys::cpuPeriod);
        READERS.put("cpu_shares", DockerKeys::cpuShares);
        READERS.put("cpuset_cpus", DockerKeys::cpuset);
        READERS.put("pids_limit", DockerKeys::pids);
        READERS.put("device_read_bps", (keys, field) -> keys.rates(field, Rates::readBytes));
        READERS.put("device_write_bps", (keys, field) -> keys.rates(field, Rates::writeBytes));
        READERS.put("device_read_iops", (keys, field) -> keys.rates(field, Rates::reads));
        READERS.put("device_write_iops", (keys, field) -> keys.rates(field, Rates::writes));
        READERS.put("disk", DockerKeys::disk);
        READERS.put("disk_limit", DockerKeys::disk);
        READERS.put("storage_opt", DockerKeys::storageOption);
        READERS.put("gpus", DockerKeys::gpus);
        READERS.put("gpu_devices", DockerKeys::gpuDevices);
        READERS.put("device_requests", DockerKeys::deviceRequests);
        READERS.put("gpu_memory", DockerKeys::gpuMemory);
        READERS.put("gpu_memory_limit", DockerKeys::gpuMemory);
        READERS.put("memoryBytes", DockerKeys::memory);
        READERS.put("memorySwapBytes", DockerKeys::memorySwap);
        READERS.put("swappiness", DockerKeys::swappiness);
        READERS.put("cpuQuotaMicros", DockerKeys::cpuQuota);
        READERS.put("cpuPeriodMicros", DockerKeys::cpuPeriod);
        READERS.put("cpuShares", DockerKeys::cpuShares);
        READERS.put("cpuset", DockerKeys::cpuset);
        READERS.put("pids", DockerKeys::pids);
        READERS.put("io", DockerKeys::io);
        READERS.put("diskBytes", DockerKeys::disk);
        READERS.put("gpuMemoryBytes", DockerKeys::gpuMemory);
        READERS.put("host_config", DockerKeys::nested);
        READERS.put("extra_host_config", DockerKeys::nested);
    }

    /** Limits of Docker and its spawner that nbguard does not have: known, so that they are not taken for typing errors. */
    private static final Set<String> NOT_HERE = Set.of(
            "mem_reservation",
            "mem_guarantee",
            "kernel_memory",
            "cpu_guarantee",
            "cpu_count",
            "cpu_percent",
            "cpu_rt_period",
            "cpu_rt_runtime",
            "cpuset_mems",
            "blkio_weight",
            "blkio_weight_device",
            "oom_kill_disable",
            "oom_score_adj",
            "shm_size",
            "ulimits",
            "devices");

    private final ResourceSpec.Builder builder = ResourceSpec.builder();
    private final Map<String, Given> given = new HashMap<>();
    private final Map<String, Rates> rates = new TreeMap<>();

    private DockerKeys() {}

    /** Reads one key. */
    private interface Reader {
        void read(DockerKeys keys, Field field);
    }

    /** What stood in the map. */
    private record Given(Field field, Object meaning) {}

    /** The limits on one block device, as they come in. */
    private static final class Rates {
        private @Nullable ByteSize readBytes;
        private @Nullable ByteSize writeBytes;
        private @Nullable Long reads;
        private @Nullable Long writes;

        void readBytes(Field rate) {
            readBytes = once(rate, readBytes, rate.size());
        }

        void writeBytes(Field rate) {
            writeBytes = once(rate, writeBytes, rate.size());
        }

        void reads(Field rate) {
            reads = once(rate, reads, rate.whole("a number of operations per second"));
        }

        void writes(Field rate) {
            writes = once(rate, writes, rate.whole("a number of operations per second"));
        }

        private static <T> T once(Field rate, @Nullable T before, T now) {
            if (before != null && !before.equals(now)) {
                throw new IllegalArgumentException(
                        rate + " is the second rate of its kind for one device, after " + before + ": expected one");
            }
            return now;
        }

        IoLimit on(String device) {
            return new IoLimit(
                    device,
                    Optional.ofNullable(readBytes),
                    Optional.ofNullable(writeBytes),
                    reads == null ? OptionalLong.empty() : OptionalLong.of(reads),
                    writes == null ? OptionalLong.empty() : OptionalLong.of(writes));
        }
    }

    /**
     * Reads limits as they stand in programs that use docker-py or in a configuration of DockerSpawner, such as {@code
     * {'mem_limit': '1g', 'cpu_period': 100000, 'cpu_quota': 250000}}. The keys of docker-py that are limits, {@code cpu_limit} of
     * DockerSpawner, and of nbguard's own {@code cpus}, {@code disk}, {@code gpus}, {@code gpu_devices} and {@code gpu_memory} are
     * known, and so are the names of the normalised values ({@code memoryBytes}, {@code memorySwapBytes}, {@code swappiness}, {@code
     * cpuShares}, {@code cpuset}, {@code pids}, {@code io}, {@code diskBytes}, {@code gpuMemoryBytes}), so that limits which nbguard
     * prints can be given again; {@code cpus} beside {@code cpuQuotaMicros} is the same rounded, and is not read then. A value of null means that the limit is not given.
     *
     * @param values keys and what JSON has as values: strings, numbers, lists, maps, null
     * @throws IllegalArgumentException if a key is not known (it names the nearest one), or a value cannot be meant: names the key, the
     *     value and what is expected
     */
    public static ResourceSpec parse(Map<String, ?> values) {
        DockerKeys keys = new DockerKeys();
        keys.all("", values);
        keys.builder.io(keys.rates.entrySet().stream()
                .map(entry -> entry.getValue().on(entry.getKey()))
                .toList());
        return keys.builder.build();
    }

    private void all(String where, Map<?, ?> values) {
        values.forEach((name, value) -> {
            String key = String.valueOf(name);
            Reader reader = READERS.get(key);
            if (reader == null) {
                throw unknown(where + key, key);
            }
            // Python's None: the limit is not given.
            if (value != null && !(key.equals("cpus") && values.get("cpuQuotaMicros") != null)) {
                Field field = new Field(where + key, value);
                field.explain(() -> reader.read(this, field));
            }
        });
    }

    private static IllegalArgumentException unknown(String shown, String key) {
        if (NOT_HERE.contains(key)) {
            return new IllegalArgumentException("'" + shown
                    + "' is a key of Docker that nbguard has no limit for: leave it out; expected one of " + known());
        }
        return new IllegalArgumentException("there is no limit '" + shown + "'"
                + Similarity.nearest(key, READERS.keySet())
                        .map(near -> ": did you mean '" + near + "'?")
                        .orElse(": expected one of " + known()));
    }

    private static String known() {
        return String.join(", ", READERS.keySet());
    }

    /** Notes what a key means, and refuses another key that means something else. */
    private void once(String what, Field field, Object meaning) {
        Given before = given.putIfAbsent(what, new Given(field, meaning));
        if (before != null && !before.meaning().equals(meaning)) {
            throw new IllegalArgumentException(before.field() + " and " + field + " disagree: expected one of them");
        }
    }

    private static void memory(DockerKeys keys, Field field) {
        if (field.isUnlimited()) {
            keys.unlimited(Resource.MEMORY, field);
            return;
        }
        ByteSize size = field.size();
        keys.once("memory", field, size);
        keys.builder.memory(size);
    }

    private static void memorySwap(DockerKeys keys, Field field) {
        if (field.isUnlimited() || field.is(NO_LIMIT)) {
            keys.unlimited(Resource.MEMORY_SWAP, field);
            return;
        }
        ByteSize size = field.size();
        keys.once(Resource.MEMORY_SWAP.key(), field, size);
        keys.builder.memorySwap(size);
    }

    private static void swappiness(DockerKeys keys, Field field) {
        int percent = ResourceChecks.swappiness(field.whole("a whole number of 0 to 100"));
        keys.once(Resource.SWAPPINESS.key(), field, percent);
        keys.builder.swappiness(percent);
    }

    private static void cores(DockerKeys keys, Field field) {
        if (field.isUnlimited()) {
            keys.unlimited(Resource.CPU, field);
            return;
        }
        keys.cores(field, CpuLimit.parseCores(field.numberAsText("a number of cores, such as 2, 2.5 or '1500m'")));
    }

    private static void nanoCpus(DockerKeys keys, Field field) {
        long nanos = field.whole("a whole number of billionths of a core, such as 2500000000");
        keys.cores(field, CpuLimit.checkedCores(BigDecimal.valueOf(nanos, 9), nanos + " billionths of"));
    }

    private void cores(Field field, BigDecimal cores) {
        once("cores", field, cores.stripTrailingZeros());
        once("no CPU limit", field, false);
        builder.cores(cores);
    }

    private static void cpuQuota(DockerKeys keys, Field field) {
        if (field.isUnlimited() || field.is(NO_LIMIT)) {
            keys.unlimited(Resource.CPU, field);
            return;
        }
        keys.once("no CPU limit", field, false);
        long quota = field.whole("a whole number of microseconds, or -1 for no limit");
        keys.once("CPU quota", field, quota);
        keys.builder.cpuQuotaMicros(quota);
    }

    private static void cpuPeriod(DockerKeys keys, Field field) {
        long period = field.whole("a whole number of microseconds");
        keys.once("CPU period", field, period);
        keys.builder.cpuPeriodMicros(period);
    }

    private static void cpuShares(DockerKeys keys, Field field) {
        int shares = ResourceChecks.cpuShares(field.whole("a whole number of 2 to 262144"));
        keys.once(Resource.CPU_SHARES.key(), field, shares);
        keys.builder.cpuShares(shares);
    }

    private static void cpuset(DockerKeys keys, Field field) {
        CpuSet cpus = CpuSet.parse(field.numberAsText("numbers and ranges, such as '0-3,8'"));
        keys.once(Resource.CPUSET.key(), field, cpus);
        keys.builder.cpuset(cpus);
    }

    private static void pids(DockerKeys keys, Field field) {
        if (field.isUnlimited() || field.is(NO_LIMIT)) {
            keys.unlimited(Resource.PIDS, field);
            return;
        }
        long most = field.whole("a whole number of processes, or -1 for no limit");
        keys.once(Resource.PIDS.key(), field, most);
        keys.builder.pids(most);
    }

    private static void disk(DockerKeys keys, Field field) {
        if (field.isUnlimited()) {
            keys.unlimited(Resource.DISK, field);
            return;
        }
        ByteSize size = field.size();
        keys.once("disk", field, size);
        keys.builder.disk(size);
    }

    private static void storageOption(DockerKeys keys, Field field) {
        field.map(Set.of("size")).values().forEach(size -> disk(keys, size));
    }

    private static void gpus(DockerKeys keys, Field field) {
        keys.gpus(
                field,
                field.value() instanceof List
                        ? GpuRequest.these(field.names())
                        : GpuRequest.parse(field.numberAsText("a number, 'all', 'none', or a list of ids")));
    }

    private static void gpuDevices(DockerKeys keys, Field field) {
        keys.gpus(
                field,
                GpuRequest.these(
                        field.value() instanceof List
                                ? field.names()
                                : GpuRequest.ids(field.numberAsText("a list of ids, such as [0, 1] or '0,1'"))));
    }

    private void gpus(Field field, GpuRequest request) {
        once("gpus", field, request);
        builder.gpus(request);
    }

    private static void gpuMemory(DockerKeys keys, Field field) {
        if (field.isUnlimited()) {
            keys.unlimited(Resource.GPU_MEMORY, field);
            return;
        }
        ByteSize size = field.size();
        keys.once("gpu-memory", field, size);
        keys.builder.gpuMemory(size);
    }

    /** Reads docker-py's {@code DeviceRequest}s, with its own or with Docker's spelling of their keys. */
    private static void deviceRequests(DockerKeys keys, Field field) {
        List<Field> requests = field.list();
        if (requests.size() > 1) {
            throw new IllegalArgumentException("there are " + requests.size()
                    + " requests for devices: expected one, with a count or ids of GPUs");
        }
        for (Field request : requests) {
            Map<String, Field> parts = new HashMap<>();
            request.map(Set.of(
                            "Driver",
                            "driver",
                            "Count",
                            "count",
                            "DeviceIDs",
                            "device_ids",
                            "Capabilities",
                            "capabilities",
                            "Options",
                            "options"))
                    .forEach((name, part) ->
                            parts.put(name.toLowerCase(Locale.ROOT).replace("_", ""), part));
            checkIsForGpus(parts);
            keys.gpus(request, gpuRequest(request, parts));
        }
    }

    private static void checkIsForGpus(Map<String, Field> parts) {
        Optional.ofNullable(parts.get("driver")).ifPresent(driver -> {
            if (!Set.of("", "nvidia", "cdi").contains(driver.value())) {
                throw new IllegalArgumentException(driver + " is not a driver of GPUs: expected 'nvidia' or none");
            }
        });
        Optional.ofNullable(parts.get("capabilities")).ifPresent(capabilities -> {
            if (!capabilities.list().stream().allMatch(all -> all.names().contains("gpu"))) {
                throw new IllegalArgumentException(
                        capabilities + " asks for devices that are no GPUs: expected [['gpu']]");
            }
        });
        Optional.ofNullable(parts.get("options")).ifPresent(options -> options.map(Set.of()));
    }

    private static GpuRequest gpuRequest(Field request, Map<String, Field> parts) {
        List<String> ids =
                Optional.ofNullable(parts.get("deviceids")).map(Field::names).orElse(List.of());
        Field count = parts.get("count");
        // Docker's 0 beside ids means that there is no count.
        long number = count == null ? 0 : count.whole("a number of GPUs, or -1 for all");
        if (!ids.isEmpty() && number != 0) {
            throw new IllegalArgumentException(
                    count + " and the ids " + ids + " in " + request + " contradict each other: expected one of them");
        }
        if (!ids.isEmpty()) {
            return GpuRequest.these(ids);
        }
        if (number == NO_LIMIT) {
            return GpuRequest.ALL;
        }
        return GpuRequest.parse(Long.toString(number));
    }

    private void rates(Field field, BiConsumer<Rates, Field> into) {
        for (Field entry : field.list()) {
            Map<String, Field> parts = entry.map(Set.of("Path", "Rate"));
            Field path = parts.get("Path");
            Field rate = parts.get("Rate");
            if (path == null || rate == null) {
                throw new IllegalArgumentException(
                        entry + " is not a rate: expected {'Path': '/dev/sda', 'Rate': 1048576}");
            }
            into.accept(rates.computeIfAbsent(path.text("the path of a block device"), device -> new Rates()), rate);
        }
    }

    /** Reads the rates of each device as nbguard prints them. */
    private static void io(DockerKeys keys, Field field) {
        for (Field entry : field.list()) {
            Map<String, Field> parts = entry.map(
                    Set.of("device", "readBytesPerSecond", "writeBytesPerSecond", "readsPerSecond", "writesPerSecond"));
            Field device = parts.get("device");
            if (device == null) {
                throw new IllegalArgumentException(
                        entry + " names no device: expected {'device': '/dev/sda', 'readBytesPerSecond': 1048576}");
            }
            Rates rates = keys.rates.computeIfAbsent(device.text("the path of a block device"), path -> new Rates());
            Optional.ofNullable(parts.get("readBytesPerSecond")).ifPresent(rates::readBytes);
            Optional.ofNullable(parts.get("writeBytesPerSecond")).ifPresent(rates::writeBytes);
            Optional.ofNullable(parts.get("readsPerSecond")).ifPresent(rates::reads);
            Optional.ofNullable(parts.get("writesPerSecond")).ifPresent(rates::writes);
        }
    }

    private static void nested(DockerKeys keys, Field field) {
        if (!(field.value() instanceof Map<?, ?> values)) {
            throw new IllegalArgumentException(field.shown() + " is not a map: expected limits by key");
        }
        keys.all(field.name() + ".", values);
    }

    private void unlimited(Resource resource, Field field) {
        once(resource == Resource.CPU ? "no CPU limit" : resource.key(), field, true);
        builder.unlimited(resource);
    }
}

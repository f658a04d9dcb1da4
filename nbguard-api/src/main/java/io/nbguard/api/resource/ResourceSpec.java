package io.nbguard.api.resource;

import io.nbguard.api.measure.ByteSize;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an execution asks for: a limit for each resource, or none. Immutable; read from a map by {@link DockerKeys#parse}, or made
 * by {@link #builder()}:
 *
 * <pre>{@code
 * ResourceSpec.builder()
 *     .memory(ByteSize.parse("2g"))
 *     .cpus(2.5)
 *     .gpus(GpuRequest.any(1))
 *     .build();
 * }</pre>
 *
 * @param memory the most that all its processes may hold, shared pages counted once; 6 MiB or more
 * @param memorySwap the most memory and swap together; never less than {@code memory}, and only with it
 * @param swappiness how readily its memory is swapped out, 0 to 100
 * @param cpu the most CPU time per period
 * @param cpuShares its weight when executions compete for CPU time, 2 to 262,144; 1,024 is usual
 * @param cpuset the CPUs that it may run on
 * @param pids the most processes and threads, 1 or more
 * @param io limits on block devices, each device once
 * @param disk the most that it may write to its folders
 * @param gpus which GPUs
 * @param gpuMemory the most memory on each of its GPUs
 * @param unlimited what is asked to be without a limit, also where a default has one; never a resource that has a value here
 */
public record ResourceSpec(
        Optional<ByteSize> memory,
        Optional<ByteSize> memorySwap,
        OptionalInt swappiness,
        Optional<CpuLimit> cpu,
        OptionalInt cpuShares,
        Optional<CpuSet> cpuset,
        OptionalLong pids,
        List<IoLimit> io,
        Optional<ByteSize> disk,
        Optional<GpuRequest> gpus,
        Optional<ByteSize> gpuMemory,
        Set<Resource> unlimited) {

    private static final Set<Resource> MAY_BE_UNLIMITED = Collections.unmodifiableSet(EnumSet.of(
            Resource.MEMORY, Resource.MEMORY_SWAP, Resource.CPU, Resource.PIDS, Resource.DISK, Resource.GPU_MEMORY));

    /** Asks for nothing. */
    public static final ResourceSpec NONE = builder().build();

    /**
     * Checks each limit, and that they do not contradict each other.
     *
     * @throws IllegalArgumentException if a limit is out of range or two contradict each other: names the values and what is expected
     */
    public ResourceSpec {
        memory.ifPresent(ResourceChecks::memory);
        swappiness.ifPresent(ResourceChecks::swappiness);
        cpuShares.ifPresent(ResourceChecks::cpuShares);
        pids.ifPresent(ResourceChecks::pids);
        disk.ifPresent(size -> ResourceChecks.positive("a disk limit", size));
        gpuMemory.ifPresent(size -> ResourceChecks.positive("a GPU memory limit", size));
        io = List.copyOf(io);
        unlimited = unlimited.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(unlimited));
        checkSwap(memory, memorySwap);
        checkGpuMemory(gpus, gpuMemory);
        checkDevicesOnce(io);
        checkUnlimited(unlimited, limited(memory, memorySwap, cpu, pids, disk, gpuMemory));
    }

    private static void checkSwap(Optional<ByteSize> memory, Optional<ByteSize> memorySwap) {
        if (memorySwap.isEmpty()) {
            return;
        }
        ByteSize both = memorySwap.get();
        ByteSize alone = memory.orElseThrow(() -> new IllegalArgumentException("memory + swap of " + both
                + " without a memory limit: expected a memory limit of at most that much with it"));
        if (both.compareTo(alone) < 0) {
            throw new IllegalArgumentException("memory + swap of " + both.textBeside(alone)
                    + " is less than the memory limit of " + alone.textBeside(both)
                    + ": expected at least as much, for it counts both, or unlimited");
        }
    }

    private static void checkGpuMemory(Optional<GpuRequest> gpus, Optional<ByteSize> gpuMemory) {
        if (gpuMemory.isPresent() && gpus.filter(GpuRequest.NONE::equals).isPresent()) {
            throw new IllegalArgumentException("a GPU memory limit of " + gpuMemory.get()
                    + " and 0 GPUs contradict each other: expected a GPU, or no GPU memory limit");
        }
    }

    private static void checkDevicesOnce(List<IoLimit> io) {
        for (int i = 0; i < io.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (io.get(i).device().equals(io.get(j).device())) {
                    throw new IllegalArgumentException(
                            "there are two limits for " + io.get(i).device() + ", " + io.get(j) + " and " + io.get(i)
                                    + ": expected one with all rates");
                }
            }
        }
    }

    private static Set<Resource> limited(
            Optional<ByteSize> memory,
            Optional<ByteSize> memorySwap,
            Optional<CpuLimit> cpu,
            OptionalLong pids,
            Optional<ByteSize> disk,
            Optional<ByteSize> gpuMemory) {
        Set<Resource> set = EnumSet.noneOf(Resource.class);
        add(set, Resource.MEMORY, memory.isPresent());
        add(set, Resource.MEMORY_SWAP, memorySwap.isPresent());
        add(set, Resource.CPU, cpu.isPresent());
        add(set, Resource.PIDS, pids.isPresent());
        add(set, Resource.DISK, disk.isPresent());
        add(set, Resource.GPU_MEMORY, gpuMemory.isPresent());
        return set;
    }

    private static void checkUnlimited(Set<Resource> unlimited, Set<Resource> limited) {
        for (Resource resource : unlimited) {
            checkMayBeUnlimited(resource);
            if (limited.contains(resource)) {
                throw new IllegalArgumentException(
                        resource.key() + " has a limit and is unlimited: expected one of the two");
            }
        }
    }

    private static void checkMayBeUnlimited(Resource resource) {
        if (!MAY_BE_UNLIMITED.contains(resource)) {
            throw new IllegalArgumentException("'" + resource.key() + "' cannot be unlimited: expected one of "
                    + MAY_BE_UNLIMITED.stream().map(Resource::key).toList());
        }
    }

    private static void add(Set<Resource> set, Resource resource, boolean present) {
        if (present) {
            set.add(resource);
        }
    }

    /** Begins a spec without limits. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder with these limits; each may be replaced. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Returns the resources that have a limit here. */
    public Set<Resource> limited() {
        Set<Resource> set = limited(memory, memorySwap, cpu, pids, disk, gpuMemory);
        add(set, Resource.SWAPPINESS, swappiness.isPresent());
        add(set, Resource.CPU_SHARES, cpuShares.isPresent());
        add(set, Resource.CPUSET, cpuset.isPresent());
        add(set, Resource.IO, !io.isEmpty());
        add(set, Resource.GPU, gpus.isPresent());
        return Collections.unmodifiableSet(set);
    }

    /**
     * Returns whether it may use swap: memory and swap together may be more than memory. Then what it holds in memory is no reason to
     * end it, where the kernel limits both.
     */
    public boolean mayUseSwap() {
        return unlimited.contains(Resource.MEMORY_SWAP)
                || memorySwap
                        .filter(both -> memory.filter(alone -> both.compareTo(alone) > 0)
                                .isPresent())
                        .isPresent();
    }

    /** Returns each limit for people, such as {@code 2.0 GiB} and {@code 2.5 cores}, and {@code unlimited}; what is not given is not there. */
    public Map<Resource, String> texts() {
        Map<Resource, String> texts = new EnumMap<>(Resource.class);
        memory.ifPresent(size -> texts.put(Resource.MEMORY, size.toString()));
        memorySwap.ifPresent(size -> texts.put(Resource.MEMORY_SWAP, size.toString()));
        swappiness.ifPresent(value -> texts.put(Resource.SWAPPINESS, Integer.toString(value)));
        cpu.ifPresent(limit -> texts.put(Resource.CPU, limit.toString()));
        cpuShares.ifPresent(value -> texts.put(Resource.CPU_SHARES, Integer.toString(value)));
        cpuset.ifPresent(set -> texts.put(Resource.CPUSET, set.toString()));
        pids.ifPresent(value -> texts.put(Resource.PIDS, Long.toString(value)));
        if (!io.isEmpty()) {
            texts.put(Resource.IO, io.stream().map(IoLimit::toString).collect(Collectors.joining("; ")));
        }
        disk.ifPresent(size -> texts.put(Resource.DISK, size.toString()));
        gpus.ifPresent(request -> texts.put(Resource.GPU, request.toString()));
        gpuMemory.ifPresent(size -> texts.put(Resource.GPU_MEMORY, size.toString()));
        unlimited.forEach(resource -> texts.put(resource, "unlimited"));
        return Collections.unmodifiableMap(texts);
    }

    /** Returns the limits for people, such as {@code memory 2.0 GiB, cpu 2.5 cores}; {@code no limits} if there is none. */
    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(", ").setEmptyValue("no limits");
        texts().forEach((resource, value) -> text.add(resource.key() + " " + value));
        return text.toString();
    }

    /**
     * Makes a {@link ResourceSpec}. Every method checks its argument at once; {@link #build} checks that the limits do not
     * contradict each other. Not safe for use by many threads.
     */
    public static final class Builder {

        private final Set<Resource> unlimited = EnumSet.noneOf(Resource.class);
        private @Nullable ByteSize memory;
        private @Nullable ByteSize memorySwap;
        private @Nullable Integer swappiness;
        private @Nullable CpuLimit wholeCpu;
        private @Nullable BigDecimal cores;
        private @Nullable Long quotaMicros;
        private @Nullable Long periodMicros;
        private @Nullable Integer cpuShares;
        private @Nullable CpuSet cpuset;
        private @Nullable Long pids;
        private List<IoLimit> io = List.of();
        private @Nullable ByteSize disk;
        private @Nullable GpuRequest gpus;
        private @Nullable ByteSize gpuMemory;

        private Builder() {}

        private Builder(ResourceSpec spec) {
            unlimited.addAll(spec.unlimited);
            memory = spec.memory.orElse(null);
            memorySwap = spec.memorySwap.orElse(null);
            swappiness = spec.swappiness.isPresent() ? spec.swappiness.getAsInt() : null;
            wholeCpu = spec.cpu.orElse(null);
            cpuShares = spec.cpuShares.isPresent() ? spec.cpuShares.getAsInt() : null;
            cpuset = spec.cpuset.orElse(null);
            pids = spec.pids.isPresent() ? spec.pids.getAsLong() : null;
            io = spec.io;
            disk = spec.disk.orElse(null);
            gpus = spec.gpus.orElse(null);
            gpuMemory = spec.gpuMemory.orElse(null);
        }

        /** Sets the most memory that all its processes may hold: 6 MiB or more. */
        public Builder memory(ByteSize most) {
            memory = ResourceChecks.memory(most);
            return limited(Resource.MEMORY);
        }

        /** Sets the most memory and swap together: not less than {@link #memory}, which is needed with it. */
        public Builder memorySwap(ByteSize most) {
            memorySwap = ResourceChecks.memory(most);
            return limited(Resource.MEMORY_SWAP);
        }

        /** Sets how readily its memory is swapped out: 0 to 100. */
        public Builder swappiness(int percent) {
            swappiness = ResourceChecks.swappiness(percent);
            return this;
        }

        /** Sets the most CPU time, in cores: 0.01 or more. */
        public Builder cpus(double most) {
            return cores(CpuLimit.checkedCores(most));
        }

        /** Sets the most CPU time as text: {@code 2}, {@code 2.5} or {@code 1500m}. */
        public Builder cpus(String most) {
            return cores(CpuLimit.parseCores(most));
        }

        /** Sets the most CPU time per period, in place of what was set of it before. */
        public Builder cpu(CpuLimit most) {
            wholeCpu = most;
            cores = null;
            quotaMicros = null;
            periodMicros = null;
            return limited(Resource.CPU);
        }

        Builder cores(BigDecimal most) {
            cores = most;
            return limited(Resource.CPU);
        }

        /** Sets the most CPU time per period, in microseconds: 1,000 or more. With {@link #cpus(double)} both must mean the same. */
        public Builder cpuQuotaMicros(long most) {
            quotaMicros = CpuLimit.checkedQuota(most);
            return limited(Resource.CPU);
        }

        /** Sets the period in which CPU time is counted, in microseconds: 1,000 to 1,000,000; 100,000 is usual. */
        public Builder cpuPeriodMicros(long period) {
            periodMicros = CpuLimit.checkedPeriod(period);
            return this;
        }

        /** Sets its weight when executions compete for CPU time: 2 to 262,144; 1,024 is usual. */
        public Builder cpuShares(int weight) {
            cpuShares = ResourceChecks.cpuShares(weight);
            return this;
        }

        /** Sets the CPUs that it may run on. */
        public Builder cpuset(CpuSet cpus) {
            cpuset = cpus;
            return this;
        }

        /** Sets the most processes and threads: 1 or more. */
        public Builder pids(long most) {
            pids = ResourceChecks.pids(most);
            return limited(Resource.PIDS);
        }

        /** Sets the limits on block devices, each device once. */
        public Builder io(List<IoLimit> limits) {
            List<IoLimit> copy = List.copyOf(limits);
            checkDevicesOnce(copy);
            io = copy;
            return this;
        }

        /** Sets the most that it may write to its folders. */
        public Builder disk(ByteSize most) {
            disk = ResourceChecks.positive("a disk limit", most);
            return limited(Resource.DISK);
        }

        /** Sets which GPUs it needs. */
        public Builder gpus(GpuRequest request) {
            gpus = request;
            return this;
        }

        /** Sets the most memory on each of its GPUs. */
        public Builder gpuMemory(ByteSize most) {
            gpuMemory = ResourceChecks.positive("a GPU memory limit", most);
            return limited(Resource.GPU_MEMORY);
        }

        private Builder limited(Resource resource) {
            unlimited.remove(resource);
            return this;
        }

        /**
         * Asks for no limit, also where a default has one.
         *
         * @param resource memory, memory-swap, cpu, pids, disk or gpu-memory
         * @throws IllegalArgumentException if it is another
         */
        public Builder unlimited(Resource resource) {
            checkMayBeUnlimited(resource);
            switch (resource) {
                case MEMORY -> memory = null;
                case MEMORY_SWAP -> memorySwap = null;
                case CPU -> {
                    wholeCpu = null;
                    cores = null;
                    quotaMicros = null;
                }
                case PIDS -> pids = null;
                case DISK -> disk = null;
                default -> gpuMemory = null;
            }
            unlimited.add(resource);
            return this;
        }

        private Optional<CpuLimit> cpu() {
            if (unlimited.contains(Resource.CPU)) {
                return Optional.empty();
            }
            if (cores == null && quotaMicros == null && wholeCpu != null) {
                return Optional.of(
                        periodMicros == null
                                ? wholeCpu
                                : CpuLimit.of(BigDecimal.valueOf(wholeCpu.cores()), null, periodMicros));
            }
            return cores == null && quotaMicros == null && periodMicros == null
                    ? Optional.empty()
                    : Optional.of(CpuLimit.of(cores, quotaMicros, periodMicros));
        }

        /**
         * Returns the spec.
         *
         * @throws IllegalArgumentException if two limits contradict each other: names both values
         */
        public ResourceSpec build() {
            return new ResourceSpec(
                    Optional.ofNullable(memory),
                    Optional.ofNullable(memorySwap),
                    swappiness == null ? OptionalInt.empty() : OptionalInt.of(swappiness),
                    cpu(),
                    cpuShares == null ? OptionalInt.empty() : OptionalInt.of(cpuShares),
                    Optional.ofNullable(cpuset),
                    pids == null ? OptionalLong.empty() : OptionalLong.of(pids),
                    io,
                    Optional.ofNullable(disk),
                    Optional.ofNullable(gpus),
                    Optional.ofNullable(gpuMemory),
                    unlimited);
        }
    }
}

package io.nbguard.cgroup.leaf;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.resource.Allocation;
import io.nbguard.api.resource.CpuSet;
import io.nbguard.api.resource.Enforcement;
import io.nbguard.api.resource.IoLimit;
import io.nbguard.api.resource.Resource;
import io.nbguard.api.resource.ResourceSpec;
import io.nbguard.cgroup.kernel.KernelFile;
import io.nbguard.spi.process.LimitSupport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The limits of leaves in one folder, as their kernel files have them. What the kernel offers there is found out once. */
final class LeafLimits {

    private static final String MEMORY_MAX = "memory.max";
    private static final String SWAP_MAX = "memory.swap.max";
    private static final String CPU_MAX = "cpu.max";
    private static final String CPU_WEIGHT = "cpu.weight";
    private static final String CPUSET = "cpuset.cpus";
    private static final String PIDS_MAX = "pids.max";
    private static final String IO_MAX = "io.max";
    private static final String NONE = "max";

    private static final long LEAST_BACKSTOP = 16L << 20;
    private static final long BACKSTOP_PART = 16;

    private static final long KERNELS_MOST_PIDS = 4_194_304;

    private static final int USUAL_SHARES = 1_024;
    private static final int USUAL_WEIGHT = 100;
    private static final int MOST_WEIGHT = 10_000;

    private final Path folder;
    private final String usualPids;
    private final Map<Resource, Enforcement> enforcement;

    private LeafLimits(Path folder, String usualPids, Map<Resource, Enforcement> enforcement) {
        this.folder = folder;
        this.usualPids = usualPids;
        this.enforcement = Collections.unmodifiableMap(enforcement);
    }

    /**
     * Finds out which limits leaves in a folder can have.
     *
     * @param folder the guard's, whose controllers are handed on to leaves
     * @param usualPids {@code pids.max} of a leaf whose execution asks for no limit
     */
    static LeafLimits in(Path folder, String usualPids) {
        Set<String> controllers = new LinkedHashSet<>();
        try {
            controllers.addAll(ControlFile.words(folder.resolve("cgroup.subtree_control")));
        } catch (IOException e) {
            // Memory is handed on in any case, or there is no such folder.
            controllers.add("memory");
        }
        Map<Resource, Enforcement> enforcement = new EnumMap<>(Resource.class);
        enforcement.put(
                Resource.MEMORY, Enforcement.hard("memory.max of its cgroup, a little beyond the watchdog's limit"));
        hard(enforcement, Resource.MEMORY_SWAP, SWAP_MAX, folder, controllers);
        hard(enforcement, Resource.CPU, CPU_MAX, folder, controllers);
        hard(enforcement, Resource.CPU_SHARES, CPU_WEIGHT, folder, controllers);
        hard(enforcement, Resource.CPUSET, CPUSET, folder, controllers);
        hard(enforcement, Resource.PIDS, PIDS_MAX, folder, controllers);
        hard(enforcement, Resource.IO, IO_MAX, folder, controllers);
        return new LeafLimits(folder, usualPids.equals(NONE) ? NONE : pids(Long.parseLong(usualPids)), enforcement);
    }

    private static void hard(
            Map<Resource, Enforcement> all, Resource resource, String file, Path folder, Set<String> controllers) {
        String controller = file.substring(0, file.indexOf('.'));
        if (controllers.contains(controller) && Files.exists(folder.resolve(file))) {
            all.put(resource, Enforcement.hard(file + " of its cgroup"));
        }
    }

    /** Returns what the kernel enforces in a leaf. */
    Map<Resource, Enforcement> enforcement() {
        return enforcement;
    }

    /**
     * Refuses limits that no leaf here can have.
     *
     * @throws GuardException (UNSUPPORTED) if there is one; (INVALID_REQUEST) if there is no such CPU or block device
     */
    void check(Allocation allocation) {
        LimitSupport.require(allocation, enforcement.keySet(), "a cgroup of an execution");
        allocation.limits().cpuset().ifPresent(this::checkCpus);
        checkDevices(allocation.limits().io());
    }

    /** The kernel has one row for each disk, whatever its partitions and names. */
    private static void checkDevices(List<IoLimit> limits) {
        Map<String, IoLimit> byNumber = new HashMap<>();
        for (IoLimit limit : limits) {
            IoLimit before = byNumber.put(BlockDevice.of(limit).number(), limit);
            if (before != null) {
                throw new GuardException(
                        ErrorCode.INVALID_REQUEST,
                        before.device() + " and " + limit.device()
                                + " are on one disk, which has one limit: expected all rates under one of them");
            }
        }
    }

    /** The kernel takes CPUs that are not there, and lets the execution run on others then. */
    private void checkCpus(CpuSet asked) {
        CpuSet there;
        try {
            there = CpuSet.parse(ControlFile.read(folder.resolve("cpuset.cpus.effective")));
        } catch (IOException | IllegalArgumentException e) {
            return;
        }
        if (!there.containsAll(asked)) {
            throw new GuardException(
                    ErrorCode.INVALID_REQUEST,
                    "the CPUs " + asked + " are asked for, and notebooks here have " + there
                            + ": expected some of these");
        }
    }

    /** Sets the limits of an empty leaf. */
    void set(Path leaf, ResourceSpec limits) throws IOException {
        for (Setting setting : settings(limits)) {
            if (setting.given()) {
                ControlFile.write(leaf.resolve(setting.file()), setting.value());
            } else if (!setting.value().equals(setting.initial())) {
                ControlFile.tryWrite(leaf.resolve(setting.file()), setting.value());
            }
        }
        for (String line : io(limits)) {
            ControlFile.write(leaf.resolve(IO_MAX), line);
        }
    }

    /**
     * Changes the limits of a leaf whose processes run.
     *
     * @param heldBytes what they hold and the kernel cannot take back; -1 if that is not known
     * @throws GuardException (ILLEGAL_STATE) if they hold more than the new limit: the kernel would end them at once, and the
     *     watchdog could not say why; (ENVIRONMENT) if the kernel refuses one: limits that come before it in {@link Resource} are
     *     changed then
     */
    void change(Path leaf, ResourceSpec limits, long heldBytes) {
        // What may be swapped is no reason for the kernel to end it.
        if (limits.memory().isPresent() && !mayUseSwap(limits) && heldBytes > Long.parseLong(memoryMax(limits))) {
            ByteSize held = ByteSize.ofBytes(heldBytes);
            ByteSize asked = limits.memory().get();
            throw new GuardException(
                    ErrorCode.ILLEGAL_STATE,
                    "its memory limit cannot become " + asked.textBeside(held) + ": it holds " + held.textBeside(asked)
                            + " already, and the kernel would end it; expected that much or more, or stop it");
        }
        for (Setting setting : settings(limits)) {
            write(leaf.resolve(setting.file()), setting);
        }
        if (enforcement.containsKey(Resource.IO)) {
            changeIo(leaf.resolve(IO_MAX), io(limits));
        }
    }

    private static void write(Path file, Setting setting) {
        try {
            ControlFile.write(file, setting.value());
        } catch (IOException e) {
            throw notChanged(setting.resource(), file, e);
        }
    }

    private static void changeIo(Path file, List<String> lines) {
        try {
            Set<String> before = new LinkedHashSet<>();
            for (String line : ControlFile.read(file).lines().toList()) {
                before.add(device(line));
            }
            for (String line : lines) {
                ControlFile.write(file, line);
                before.remove(device(line));
            }
            for (String device : before) {
                ControlFile.write(file, device + " rbps=max wbps=max riops=max wiops=max");
            }
        } catch (IOException e) {
            throw notChanged(Resource.IO, file, e);
        }
    }

    private static String device(String line) {
        int end = line.indexOf(' ');
        return end < 0 ? line : line.substring(0, end);
    }

    private static GuardException notChanged(Resource resource, Path file, IOException e) {
        return new GuardException(
                ErrorCode.ENVIRONMENT,
                "its limit on " + resource.key() + " could not be changed: " + file + " " + KernelFile.reason(e),
                e);
    }

    /**
     * One file of a leaf.
     *
     * @param initial what a new leaf has in it
     * @param given whether the execution asks for it
     */
    private record Setting(Resource resource, String file, String value, String initial, boolean given) {}

    /** Returns the files of a leaf with what is to be in them, in the order of the resources; without block devices. */
    private List<Setting> settings(ResourceSpec limits) {
        List<Setting> settings = new ArrayList<>();
        add(settings, Resource.MEMORY, MEMORY_MAX, Optional.of(memoryMax(limits)), NONE, NONE, limits);
        // Memory that only seems to be there makes everything slow long before it runs out: no swap, unless asked for.
        add(settings, Resource.MEMORY_SWAP, SWAP_MAX, swapMax(limits), "0", NONE, limits);
        add(
                settings,
                Resource.CPU,
                CPU_MAX,
                limits.cpu().map(cpu -> cpu.quotaMicros() + " " + cpu.periodMicros()),
                NONE,
                NONE,
                limits);
        add(
                settings,
                Resource.CPU_SHARES,
                CPU_WEIGHT,
                limits.cpuShares().isPresent()
                        ? Optional.of(Integer.toString(weight(limits.cpuShares().getAsInt())))
                        : Optional.empty(),
                Integer.toString(USUAL_WEIGHT),
                Integer.toString(USUAL_WEIGHT),
                limits);
        // An empty line gives it all CPUs of the group above.
        add(settings, Resource.CPUSET, CPUSET, limits.cpuset().map(CpuSet::toString), "\n", "\n", limits);
        add(
                settings,
                Resource.PIDS,
                PIDS_MAX,
                limits.pids().isPresent()
                        ? Optional.of(pids(limits.pids().getAsLong()))
                        : limits.unlimited().contains(Resource.PIDS) ? Optional.of(NONE) : Optional.empty(),
                usualPids,
                NONE,
                limits);
        return settings;
    }

    /** The kernel has no more processes than that, and refuses a higher bound. */
    private static String pids(long most) {
        return most > KERNELS_MOST_PIDS ? NONE : Long.toString(most);
    }

    private void add(
            List<Setting> settings,
            Resource resource,
            String file,
            Optional<String> asked,
            String otherwise,
            String initial,
            ResourceSpec limits) {
        if (enforcement.containsKey(resource)) {
            settings.add(new Setting(
                    resource,
                    file,
                    asked.orElse(otherwise),
                    initial,
                    limits.limited().contains(resource)));
        }
    }

    private boolean mayUseSwap(ResourceSpec limits) {
        return limits.mayUseSwap() && enforcement.containsKey(Resource.MEMORY_SWAP);
    }

    /**
     * The watchdog ends it at the limit and reports why; the kernel a little later, if that came too late. What may use swap is left to
     * the kernel, which swaps at the limit and ends it when there is no more swap for it.
     */
    private String memoryMax(ResourceSpec limits) {
        return limits.memory()
                .map(ByteSize::bytes)
                .map(bytes -> mayUseSwap(limits) ? bytes : bytes + Math.max(LEAST_BACKSTOP, bytes / BACKSTOP_PART))
                .map(backstop -> Long.toString(backstop < 0 ? Long.MAX_VALUE : backstop))
                .orElse(NONE);
    }

    /** The kernel counts swap alone, where limits count it together with memory. */
    private static Optional<String> swapMax(ResourceSpec limits) {
        if (limits.unlimited().contains(Resource.MEMORY_SWAP)) {
            return Optional.of(NONE);
        }
        return limits.memorySwap()
                .flatMap(both -> limits.memory().map(memory -> Long.toString(both.bytes() - memory.bytes())));
    }

    /** The usual shares are the usual weight, and twice the shares twice the weight, as far as weights go. */
    private static int weight(int shares) {
        return Math.max(1, Math.min(MOST_WEIGHT, (int) ((long) shares * USUAL_WEIGHT / USUAL_SHARES)));
    }

    private static List<String> io(ResourceSpec limits) {
        return limits.io().stream().map(LeafLimits::line).toList();
    }

    private static String line(IoLimit limit) {
        return BlockDevice.of(limit).number()
                + " rbps="
                + limit.readBytes().map(ByteSize::bytes).map(String::valueOf).orElse(NONE)
                + " wbps="
                + limit.writeBytes().map(ByteSize::bytes).map(String::valueOf).orElse(NONE)
                + " riops="
                + (limit.reads().isPresent() ? Long.toString(limit.reads().getAsLong()) : NONE)
                + " wiops="
                + (limit.writes().isPresent() ? Long.toString(limit.writes().getAsLong()) : NONE);
    }
}

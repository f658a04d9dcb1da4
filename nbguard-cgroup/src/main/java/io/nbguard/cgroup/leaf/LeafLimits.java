package io.nbguard.cgroup.leaf;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.resource.Allocation;
import io.nbguard.api.resource.Enforcement;
import io.nbguard.api.resource.Resource;
import io.nbguard.api.resource.ResourceSpec;
import io.nbguard.cgroup.kernel.KernelFile;
import io.nbguard.spi.process.LimitSupport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The limits of one leaf, as its kernel files have them. */
final class LeafLimits {

    /** What the kernel enforces in a leaf. */
    static final Map<Resource, Enforcement> ENFORCED =
            Map.of(Resource.MEMORY, Enforcement.hard("memory.max of its cgroup, a little beyond the watchdog's limit"));

    private static final long LEAST_BACKSTOP = 16L << 20;
    private static final long BACKSTOP_PART = 16;

    private LeafLimits() {}

    /**
     * Refuses limits that no leaf has.
     *
     * @throws GuardException (UNSUPPORTED) if there is one
     */
    static void check(Allocation allocation) {
        LimitSupport.require(allocation, ENFORCED.keySet(), "a cgroup of an execution");
    }

    /** Sets the limits of an empty leaf. */
    static void set(Path leaf, ResourceSpec limits) throws IOException {
        if (limits.memory().isPresent()) {
            ControlFile.write(leaf.resolve("memory.max"), memoryMax(limits));
        }
    }

    /**
     * Changes the limits of a leaf whose processes run.
     *
     * @param heldBytes what they hold and the kernel cannot take back; -1 if that is not known
     * @throws GuardException (ILLEGAL_STATE) if they hold more than the new limit: the kernel would end them at once, and the
     *     watchdog could not say why; (ENVIRONMENT) if the kernel refuses it
     */
    static void change(Path leaf, ResourceSpec limits, long heldBytes) {
        String max = memoryMax(limits);
        if (limits.memory().isPresent() && heldBytes > Long.parseLong(max)) {
            ByteSize held = ByteSize.ofBytes(heldBytes);
            ByteSize asked = limits.memory().get();
            throw new GuardException(
                    ErrorCode.ILLEGAL_STATE,
                    "its memory limit cannot become " + asked.textBeside(held) + ": it holds " + held.textBeside(asked)
                            + " already, and the kernel would end it; expected that much or more, or stop it");
        }
        Path file = leaf.resolve("memory.max");
        try {
            ControlFile.write(file, max);
        } catch (IOException e) {
            throw new GuardException(
                    ErrorCode.ENVIRONMENT,
                    "its memory limit could not be changed: " + file + " " + KernelFile.reason(e),
                    e);
        }
    }

    /** The watchdog ends it at the limit and reports why; the kernel a little later, if that came too late. */
    private static String memoryMax(ResourceSpec limits) {
        return limits.memory()
                .map(ByteSize::bytes)
                .map(bytes -> bytes + Math.max(LEAST_BACKSTOP, bytes / BACKSTOP_PART))
                .map(backstop -> Long.toString(backstop < 0 ? Long.MAX_VALUE : backstop))
                .orElse("max");
    }
}

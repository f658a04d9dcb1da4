package io.nbguard.cgroup;

import io.nbguard.cgroup.leaf.CgroupLayout;
import io.nbguard.cgroup.leaf.LeafTracker;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.UnavailableException;
import java.nio.file.Path;

/**
 * Which degree of safety this machine allows. Where the cgroup tree may only be read, the watchdog has to be faster than
 * the notebooks fill the memory; where it may be written, each notebook can be confined to a cgroup of its own.
 */
public enum CgroupTier {
    /** The cgroup tree can be read at most. */
    READ_ONLY,
    /** Cgroups with memory limits of their own can be made below the one of this process, and may be. */
    WRITABLE_POSSIBLE;

    /**
     * What was found.
     *
     * @param tier the best tier that is possible
     * @param reason why it is this one, for a person
     * @param cure what would make the better one possible; empty if nothing is needed
     */
    public record Report(CgroupTier tier, String reason, String cure) {}

    /**
     * Looks at this machine, as a guard with these settings does. Changes nothing.
     *
     * @param configuration the guard's settings
     * @throws io.nbguard.api.GuardException (INVALID_REQUEST) if one of them is mistyped
     */
    public static Report inspect(PluginConfig configuration) {
        return inspect(Path.of("/"), configuration);
    }

    static Report inspect(Path root, PluginConfig configuration) {
        try {
            CgroupLayout layout = LeafTracker.look(root, configuration);
            return new Report(
                    WRITABLE_POSSIBLE,
                    layout.base() + " can be written and is " + layout.kind().words()
                            + ": notebooks can be confined below it",
                    "");
        } catch (UnavailableException e) {
            return new Report(READ_ONLY, String.valueOf(e.getMessage()), e.cure());
        }
    }
}

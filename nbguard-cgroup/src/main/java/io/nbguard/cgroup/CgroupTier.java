package io.nbguard.cgroup;

import io.nbguard.cgroup.container.Lineage;
import io.nbguard.cgroup.kernel.KernelFile;
import io.nbguard.spi.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Which degree of safety this machine allows. Where the cgroup tree may only be read, the watchdog has to be faster than
 * the notebooks fill the memory; where it may be written, each notebook can be confined to a cgroup of its own.
 */
public enum CgroupTier {
    /** The cgroup tree can be read at most. */
    READ_ONLY,
    /** Cgroups with memory limits of their own can be made below the one of this process. */
    WRITABLE_POSSIBLE;

    private static final String CONTROLLER = "memory";
    private static final String MAKE_READABLE = "let this user read the cgroup file system, as container engines do";
    private static final String MAKE_WRITABLE =
            "start the container with --security-opt writable-cgroups=true (Docker 28 or later),"
                    + " or with --security-opt unmask=/sys/fs/cgroup (Podman)";
    private static final String DELEGATE = "let the user have it: systemd-run --user --scope -p Delegate=yes COMMAND,"
            + " or run as the owner of that directory";

    /**
     * What was found.
     *
     * @param tier the best tier that is possible
     * @param reason why it is this one, for a person
     * @param cure what would make the better one possible; empty if nothing is needed
     */
    public record Report(CgroupTier tier, String reason, String cure) {}

    /** Looks at this machine. Changes nothing, and never throws. */
    public static Report inspect() {
        return inspect(Path.of("/"));
    }

    static Report inspect(Path root) {
        Lineage lineage;
        try {
            lineage = Lineage.unified(root);
        } catch (UnavailableException e) {
            return readOnly(String.valueOf(e.getMessage()), e.cure());
        }
        Path own = lineage.own();
        if (Lineage.isLegacy(root, CONTROLLER)) {
            return readOnly(
                    "the memory controller is on cgroup v1 here, and groups of v1 cannot be handed to a container safely",
                    "boot the machine with systemd.unified_cgroup_hierarchy=1 on the kernel's command line");
        }
        List<String> controllers;
        try {
            controllers = words(own.resolve("cgroup.controllers"));
        } catch (IOException e) {
            return readOnly(
                    own.resolve("cgroup.controllers") + " cannot be read (" + KernelFile.reason(e) + ")",
                    MAKE_READABLE);
        }
        if (!controllers.contains(CONTROLLER)) {
            return readOnly(
                    "the memory controller is not among those that " + own + " may hand on ("
                            + (controllers.isEmpty() ? "none" : String.join(" ", controllers)) + ")",
                    "switch it on in the group above: echo +memory > " + own.resolveSibling("cgroup.subtree_control"));
        }
        if (isThreaded(own)) {
            return readOnly(
                    own + " is a threaded cgroup, in which memory cannot be limited",
                    "start this process in a cgroup of type 'domain'");
        }
        if (lineage.mount().readOnly()) {
            return readOnly(lineage.mount().mountPoint() + " is mounted read-only", MAKE_WRITABLE);
        }
        for (String name : List.of("", "cgroup.procs", "cgroup.subtree_control")) {
            Path needed = own.resolve(name);
            if (!Files.isWritable(needed)) {
                return readOnly(needed + " may not be written by this user", DELEGATE);
            }
        }
        return new Report(
                WRITABLE_POSSIBLE, own + " can be written, and the memory controller can be handed on from it", "");
    }

    private static boolean isThreaded(Path own) {
        try {
            return words(own.resolve("cgroup.type")).contains("threaded");
        } catch (IOException e) {
            // The root group has no type; it is no threaded one.
            return false;
        }
    }

    private static List<String> words(Path file) throws IOException {
        String text = Files.readString(file).strip();
        return text.isEmpty() ? List.of() : List.of(text.split("\\s+"));
    }

    private static Report readOnly(String reason, String cure) {
        return new Report(READ_ONLY, reason, cure);
    }
}

package io.nbguard.cgroup.leaf;

import io.nbguard.cgroup.kernel.KernelFile;
import io.nbguard.cgroup.node.Lineage;
import io.nbguard.cgroup.node.Membership;
import io.nbguard.spi.UnavailableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.List;
import java.util.Optional;

/**
 * Where cgroups for notebooks can be made. Found by looking only; the kernel's rules are in
 * Documentation/admin-guide/cgroup-v2.rst, "Delegation" and "No Internal Process Constraint".
 *
 * @param lineage the base, which is to hold all, and the groups above it as far as they can be seen
 * @param kind what the base is
 */
public record CgroupLayout(Lineage lineage, Kind kind) {

    /** The folder that holds the notebooks of all guards. */
    static final String ENCLOSURE = "nbguard-notebooks";

    private static final String MEMORY = "memory";
    private static final String MAKE_READABLE = "let this user read the cgroup file system, as container engines do";
    private static final String MAKE_WRITABLE =
            "start the container with --security-opt writable-cgroups=true (Docker 28 or later),"
                    + " or with --security-opt unmask=/sys/fs/cgroup (Podman)";
    private static final String DELEGATE = "let the user have it: systemd-run --user --scope -p Delegate=yes COMMAND,"
            + " or run as the owner of that directory";
    private static final String SCOPE =
            "start it in a container of its own, or with: systemd-run --scope -p Delegate=yes COMMAND";

    /** What the base is. */
    public enum Kind {
        /** The root of the whole hierarchy: processes may stay in it. */
        MACHINE("the machine's root cgroup"),
        /** The root of a cgroup namespace: a container. */
        CONTAINER("the container's cgroup"),
        /** A part of the machine's hierarchy that was given to this user or service. */
        DELEGATED("a cgroup delegated to this user"),
        /** A group that holds only this process and its descendants. */
        OWN("a cgroup that holds no other process"),
        /** A group that another guard has divided already. */
        DIVIDED("a cgroup that a guard has divided");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        /** Says for a person what it is. */
        public String words() {
            return words;
        }
    }

    /** Returns the group that is to hold all. */
    public Path base() {
        return lineage.own();
    }

    /** Returns whether all processes must leave the base before its memory can be divided. */
    boolean mustMove() {
        return kind != Kind.MACHINE;
    }

    /** Returns the leaf for all processes but the notebooks. */
    Path host() {
        return base().resolve(Lineage.HOST_LEAF);
    }

    /** Returns the folder that holds the notebooks of all guards. */
    Path notebooksCgroup() {
        return base().resolve(ENCLOSURE);
    }

    /**
     * Looks for a place. Changes nothing.
     *
     * @param root what stands for {@code /}
     * @param asked whether the user asked for it: then a missing sign of delegation is no hindrance
     * @throws UnavailableException if notebooks cannot be confined from here; says why, and the cure
     */
    public static CgroupLayout find(Path root, boolean asked) throws UnavailableException {
        Lineage own = Lineage.unified(root);
        Lineage lineage = own.ofNode();
        if (Lineage.isLegacy(root, MEMORY)) {
            throw new UnavailableException(
                    "the memory controller is on cgroup v1 here, and groups of v1 cannot be handed to a container safely",
                    "boot the machine with systemd.unified_cgroup_hierarchy=1 on the kernel's command line");
        }
        Path base = lineage.own();
        refuseInsideLeaf(own.own());
        checkControllers(base);
        checkWritable(lineage);
        boolean divided = own.directories().size() > lineage.directories().size();
        return new CgroupLayout(lineage, divided ? Kind.DIVIDED : kindOf(root, base, asked));
    }

    private static void refuseInsideLeaf(Path own) throws UnavailableException {
        for (Path at = own; at != null; at = at.getParent()) {
            if (at.endsWith(ENCLOSURE)) {
                throw new UnavailableException(
                        "this process is itself part of a notebook that a guard has confined to " + own,
                        "none needed: what it starts is confined with it");
            }
        }
    }

    private static void checkControllers(Path base) throws UnavailableException {
        List<String> controllers;
        try {
            controllers = ControlFile.words(base.resolve("cgroup.controllers"));
        } catch (IOException e) {
            throw new UnavailableException(
                    base.resolve("cgroup.controllers") + " cannot be read (" + KernelFile.reason(e) + ")",
                    MAKE_READABLE);
        }
        if (!controllers.contains(MEMORY)) {
            throw new UnavailableException(
                    "the memory controller is not among those that " + base + " may hand on ("
                            + (controllers.isEmpty() ? "none" : String.join(" ", controllers)) + ")",
                    "switch it on in the group above: echo +memory > " + base.resolveSibling("cgroup.subtree_control"));
        }
        if (type(base).orElse("domain").contains("threaded")) {
            throw new UnavailableException(
                    base + " is a threaded cgroup, in which memory cannot be limited",
                    "start this process in a cgroup of type 'domain'");
        }
    }

    private static void checkWritable(Lineage lineage) throws UnavailableException {
        if (lineage.mount().readOnly()) {
            throw new UnavailableException(lineage.mount().mountPoint() + " is mounted read-only", MAKE_WRITABLE);
        }
        for (String name : List.of("", "cgroup.procs", "cgroup.subtree_control")) {
            Path needed = lineage.own().resolve(name);
            if (!Files.isWritable(needed)) {
                throw new UnavailableException(needed + " may not be written by this user", DELEGATE);
            }
        }
    }

    private static Kind kindOf(Path root, Path base, boolean asked) throws UnavailableException {
        if (type(base).isEmpty()) {
            return Kind.MACHINE;
        }
        Neighbours neighbours = Neighbours.in(base, root);
        if (neighbours.hidden() > 0) {
            throw new UnavailableException(
                    neighbours.hidden() + " processes in " + base
                            + " belong to another PID namespace and cannot be moved" + " from here",
                    "give the container a cgroup of its own, or run nbguard in their PID namespace");
        }
        if (isNamespaceRoot(root)) {
            return Kind.CONTAINER;
        }
        if (isDelegated(base)) {
            return Kind.DELEGATED;
        }
        if (neighbours.foreign() > 0) {
            throw new UnavailableException(
                    base + " holds " + neighbours.foreign() + " processes that are not nbguard's to move", SCOPE);
        }
        if (!asked && Files.isDirectory(root.resolve("run/systemd/system"))) {
            throw new UnavailableException(base + " is managed by systemd and was not delegated", SCOPE);
        }
        return Kind.OWN;
    }

    private static Optional<String> type(Path group) {
        try {
            return Optional.of(ControlFile.read(group.resolve("cgroup.type")));
        } catch (IOException e) {
            // Only the root of the hierarchy has no type.
            return Optional.empty();
        }
    }

    private static boolean isNamespaceRoot(Path root) {
        try {
            return Membership.read(root, "self").unified().filter("/"::equals).isPresent();
        } catch (IOException e) {
            return false;
        }
    }

    /** systemd marks what it gave away; a directory of a user's own was given to that user. */
    private static boolean isDelegated(Path base) {
        try {
            if (!(Files.getAttribute(base, "unix:uid") instanceof Integer owner)) {
                return false;
            }
            Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            return (owner != 0 && owner.equals(self)) || isMarked(base);
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isMarked(Path base) throws IOException {
        UserDefinedFileAttributeView view = Files.getFileAttributeView(base, UserDefinedFileAttributeView.class);
        if (view == null || !view.list().contains("delegate")) {
            return false;
        }
        ByteBuffer value = ByteBuffer.allocate(view.size("delegate"));
        view.read("delegate", value);
        return StandardCharsets.US_ASCII.decode(value.flip()).toString().equals("1");
    }
}

package io.nbguard.cgroup.node;

import io.nbguard.cgroup.kernel.KernelFile;
import io.nbguard.spi.UnavailableException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The cgroup that this process is in and those above it, as far as they can be seen from here. Found by joining
 * {@code /proc/self/cgroup} with {@code /proc/self/mountinfo}, as neither says it alone: the one gives a path within the
 * hierarchy, the other where which part of the hierarchy is mounted.
 *
 * @param directories our own cgroup first, then its parents, up to the mount point
 * @param mount the mount that they were found in
 */
public record Lineage(List<Path> directories, Mount mount) {

    /** The leaf that a guard moves all processes of the node into, its own included. */
    public static final String HOST_LEAF = "nbguard-host";

    private static final String DELETED = " (deleted)";
    private static final int MOST_SEARCHED = 4096;

    /** Keeps its own copy. */
    public Lineage {
        directories = List.copyOf(directories);
    }

    /**
     * Finds our place in the cgroup v2 hierarchy.
     *
     * @param root what stands for {@code /}
     * @throws UnavailableException if it is not mounted here, or does not show our cgroup
     */
    public static Lineage unified(Path root) throws UnavailableException {
        return find(
                root, "cgroup v2", Membership::unified, mount -> mount.type().equals("cgroup2"));
    }

    /**
     * Finds our place in the cgroup v1 hierarchy of one controller.
     *
     * @param root what stands for {@code /}
     * @param controller its name, such as {@code memory}
     * @throws UnavailableException if it is not mounted here, or does not show our cgroup
     */
    public static Lineage legacy(Path root, String controller) throws UnavailableException {
        return find(
                root,
                "cgroup v1 " + controller,
                membership -> membership.legacy(controller),
                mount -> mount.type().equals("cgroup") && mount.superOptions().contains(controller));
    }

    /**
     * Returns this lineage from the node's cgroup on: where a guard confines notebooks, all other processes are in a leaf
     * below the node's cgroup, and that leaf does not hold the notebooks.
     */
    public Lineage ofNode() {
        boolean inLeaf = directories.size() > 1 && own().endsWith(HOST_LEAF);
        return inLeaf ? new Lineage(directories.subList(1, directories.size()), mount) : this;
    }

    /**
     * Returns where a path of {@code /proc/PID/cgroup} is in the mount of this lineage; empty if it is not there.
     *
     * @param root what stands for {@code /}
     * @param path such as {@code /box}
     */
    public Optional<Path> directory(Path root, String path) {
        return join(root, mount, path);
    }

    /** Returns our own cgroup. */
    public Path own() {
        return directories.get(0);
    }

    /** Returns the highest group that can be seen, where the hierarchy is mounted. */
    public Path top() {
        return directories.get(directories.size() - 1);
    }

    /**
     * Returns whether a controller is on cgroup v1 here.
     *
     * @param root what stands for {@code /}
     * @param controller its name, such as {@code memory}
     */
    public static boolean isLegacy(Path root, String controller) {
        try {
            return Membership.read(root).legacy(controller).isPresent();
        } catch (IOException e) {
            return false;
        }
    }

    private interface PathChoice {
        Optional<String> of(Membership membership);
    }

    private static Lineage find(Path root, String hierarchy, PathChoice choice, Predicate<Mount> wanted)
            throws UnavailableException {
        Membership membership;
        List<Mount> mounts = new ArrayList<>();
        try {
            membership = Membership.read(root);
            Mount.all(root).stream().filter(wanted).forEach(mounts::add);
        } catch (IOException e) {
            throw new UnavailableException(
                    "cannot read which cgroup this process is in: " + KernelFile.reason(e),
                    "mount /proc, and let this process read /proc/self/cgroup and /proc/self/mountinfo");
        }
        Optional<String> path = choice.of(membership);
        if (path.isEmpty()) {
            throw new UnavailableException("this process is in no " + hierarchy + " hierarchy", "");
        }
        if (mounts.isEmpty()) {
            throw new UnavailableException(
                    hierarchy + " is not mounted here", "mount it below /sys/fs/cgroup, as container engines do");
        }
        // A later mount hides an earlier one at the same place. The shorter root shows more of what is above us.
        Collections.reverse(mounts);
        mounts.sort(Comparator.comparing((Mount mount) -> isAboveNamespace(mount))
                .thenComparing(mount -> mount.root().length()));
        for (Mount mount : mounts) {
            Optional<Path> own = join(root, mount, path.get());
            if (own.isPresent()) {
                return upFrom(own.get(), root, mount);
            }
        }
        for (Mount mount : mounts) {
            Optional<Path> own = search(root, mount);
            if (own.isPresent()) {
                return upFrom(own.get(), root, mount);
            }
        }
        throw new UnavailableException(
                "this process is in the " + hierarchy + " group " + path.get() + ", which is not visible below "
                        + mounts.get(0).mountPoint() + " (where "
                        + mounts.get(0).root() + " is mounted)",
                "mount the cgroup file system again inside the container, or run it with a cgroup namespace of its own");
    }

    /** A mount made in an outer cgroup namespace: its root is then a path such as {@code /../..} from ours. */
    private static boolean isAboveNamespace(Mount mount) {
        return mount.root().startsWith("/..");
    }

    private static Path mountPoint(Path root, Mount mount) {
        return under(root, mount.mountPoint());
    }

    private static Path under(Path root, String absolute) {
        return root.resolve(absolute.substring(1)).normalize();
    }

    private static Optional<Path> join(Path root, Mount mount, String path) {
        Optional<Path> literal =
                relative(mount, path).map(rest -> mountPoint(root, mount).resolve(rest));
        if (literal.filter(Files::isDirectory).isPresent() || !path.endsWith(DELETED)) {
            return literal.filter(Files::isDirectory);
        }
        // The kernel marks a group that was removed; what is left of it is charged to the nearest one above.
        String living = path.substring(0, path.length() - DELETED.length());
        Path top = mountPoint(root, mount);
        Path at = relative(mount, living).map(top::resolve).orElse(top);
        while (at != null && !at.equals(top) && !Files.isDirectory(at)) {
            at = at.getParent();
        }
        return Optional.ofNullable(at).filter(Files::isDirectory);
    }

    private static Optional<String> relative(Mount mount, String path) {
        String prefix = mount.root().equals("/") ? "/" : mount.root() + "/";
        if (path.equals(mount.root())) {
            return Optional.of("");
        }
        // "/../x" is outside of our namespace's root: no name below the mount point leads there.
        if (!path.startsWith(prefix) || path.substring(prefix.length()).startsWith("..")) {
            return Optional.empty();
        }
        return Optional.of(path.substring(prefix.length()));
    }

    /** Looks for the group that lists our process, where the two files belong to different namespaces. */
    private static Optional<Path> search(Path root, Mount mount) {
        String pid;
        try {
            pid = Files.readSymbolicLink(root.resolve("proc/self"))
                    .getFileName()
                    .toString();
        } catch (IOException e) {
            return Optional.empty();
        }
        Deque<Path> open = new ArrayDeque<>();
        open.add(mountPoint(root, mount));
        for (int searched = 0; searched < MOST_SEARCHED && !open.isEmpty(); searched++) {
            Path directory = open.remove();
            if (lists(directory, pid)) {
                return Optional.of(directory);
            }
            try (DirectoryStream<Path> children = Files.newDirectoryStream(directory, Files::isDirectory)) {
                children.forEach(open::add);
            } catch (IOException e) {
                // Closed to us, or gone while we looked: our own group is neither.
            }
        }
        return Optional.empty();
    }

    private static boolean lists(Path directory, String pid) {
        try {
            return Files.readAllLines(directory.resolve("cgroup.procs")).contains(pid);
        } catch (IOException e) {
            return false;
        }
    }

    private static Lineage upFrom(Path own, Path root, Mount mount) {
        Path top = mountPoint(root, mount);
        List<Path> directories = new ArrayList<>();
        Path at = own;
        while (at != null && !at.equals(top)) {
            directories.add(at);
            at = at.getParent();
        }
        directories.add(top);
        return new Lineage(directories, mount);
    }
}

package io.nbguard.cgroup.leaf;

import io.nbguard.cgroup.kernel.KernelFile;
import io.nbguard.cgroup.process.Processes;
import io.nbguard.spi.UnavailableException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Divides the base between the notebooks and all other processes, and puts it back as it was. Guards share the division: the
 * first makes it, the last removes it. Under the {@link BaseLock}.
 */
final class NotebooksCgroup {

    private static final String SUBTREE = "cgroup.subtree_control";
    private static final String MEMORY = "memory";

    /** The others are worth having: bounds on processes, exact processor time, quota and weight, block I/O, choice of CPUs. */
    private static final List<String> OTHERS = List.of("pids", "cpu", "io", "cpuset");

    /** Ten times the usual: a watchdog that comes late is none. */
    private static final String HOST_WEIGHT = "1000";

    private static final int MOVING_ROUNDS = 1000;

    private final CgroupLayout layout;
    private final Processes processes;
    private final boolean keeps;

    /** What is handed on only since this guard opened; of a divided base nothing was before. */
    private final Set<String> switchedOn = new TreeSet<>();

    /**
     * Makes one; changes nothing yet.
     *
     * @param keeps whether what this guard confines shall go on when this JVM dies
     */
    NotebooksCgroup(CgroupLayout layout, Processes processes, boolean keeps) {
        this.layout = layout;
        this.processes = processes;
        this.keeps = keeps;
    }

    /**
     * Divides the base, unless it is already, removes what guards that died have left, and makes a folder for this guard.
     *
     * @return the folder
     * @throws UnavailableException if the kernel refuses; everything is as it was then
     */
    Path enter() throws UnavailableException {
        try {
            divide();
            removeLeftovers();
            return makeFolder();
        } catch (IOException e) {
            leave();
            throw new UnavailableException(
                    "notebooks cannot be confined below " + layout.base() + ": " + describe(e),
                    "see who else manages that cgroup; " + TierSetting.TIER + " = read-only does without");
        }
    }

    private static String describe(IOException e) {
        return e instanceof java.nio.file.FileSystemException f && f.getFile() != null
                ? f.getFile() + ": " + KernelFile.reason(e)
                : String.valueOf(e.getMessage());
    }

    private void divide() throws IOException {
        if (layout.mustMove()) {
            makeDirectory(layout.host());
        }
        switchOn();
        if (layout.mustMove()) {
            ControlFile.tryWrite(layout.host().resolve("cpu.weight"), HOST_WEIGHT);
        }
        makeDirectory(layout.notebooksCgroup());
        handOn(layout.notebooksCgroup());
    }

    private static void makeDirectory(Path path) throws IOException {
        try {
            Files.createDirectory(path);
        } catch (FileAlreadyExistsException e) {
            // Another guard's, or left by one that died.
            if (!Files.isDirectory(path)) {
                throw e;
            }
        }
    }

    private void switchOn() throws IOException {
        Path subtree = layout.base().resolve(SUBTREE);
        Set<String> on = new TreeSet<>(ControlFile.words(subtree));
        Set<String> offered = Set.copyOf(ControlFile.words(layout.base().resolve("cgroup.controllers")));
        if (!on.contains(MEMORY)) {
            evacuateAndSwitchOn(subtree);
            switchedOn.add(MEMORY);
        }
        for (String controller : OTHERS) {
            if (offered.contains(controller)
                    && !on.contains(controller)
                    && ControlFile.tryWrite(subtree, "+" + controller)) {
                switchedOn.add(controller);
            }
        }
    }

    /** A process that is forked meanwhile is in the base again: moves and tries until both succeed. */
    private void evacuateAndSwitchOn(Path subtree) throws IOException {
        for (int round = 0; ; round++) {
            if (layout.mustMove()) {
                moveAll(layout.base(), layout.host());
            }
            try {
                ControlFile.write(subtree, "+" + MEMORY);
                return;
            } catch (IOException e) {
                boolean forked =
                        layout.mustMove() && !ControlFile.pids(layout.base()).isEmpty();
                if (!forked || round >= MOVING_ROUNDS) {
                    throw new IOException(subtree + " does not take +" + MEMORY + ": " + e.getMessage(), e);
                }
            }
        }
    }

    private static void moveAll(Path from, Path to) throws IOException {
        Path procs = to.resolve("cgroup.procs");
        for (int round = 0; round < MOVING_ROUNDS; round++) {
            List<Long> pids = ControlFile.pids(from);
            if (pids.isEmpty()) {
                return;
            }
            for (long pid : pids) {
                move(pid, procs, from);
            }
        }
        throw new IOException("processes are forked in " + from + " faster than they can be moved");
    }

    private static void move(long pid, Path procs, Path from) throws IOException {
        try {
            ControlFile.write(procs, Long.toString(pid));
        } catch (IOException e) {
            // One that has ended is no longer listed.
            if (ControlFile.pids(from).contains(pid)) {
                throw new IOException(
                        "process " + pid + " cannot be moved to " + procs.getParent() + ": " + e.getMessage(), e);
            }
        }
    }

    /** Switches on for a group's children every controller that it may. */
    private static void handOn(Path group) throws IOException {
        Path subtree = group.resolve(SUBTREE);
        ControlFile.write(subtree, "+" + MEMORY);
        for (String controller : OTHERS) {
            ControlFile.tryWrite(subtree, "+" + controller);
        }
    }

    private void removeLeftovers() {
        for (Path folder : folders()) {
            GuardName.parse(folder.getFileName().toString())
                    .filter(name -> name.hasDied(processes))
                    .ifPresent(name -> removeLeftover(folder, name));
        }
    }

    /** What a dead guard wanted to go on is for a guard that knows it to take up, or to end. */
    private static void removeLeftover(Path folder, GuardName name) {
        if (name.keeps()) {
            ControlFile.children(folder).stream()
                    .map(Group::new)
                    .filter(leaf -> !leaf.isPopulated())
                    .forEach(Group::remove);
            folder.toFile().delete();
        } else {
            new Group(folder).killAndRemove();
        }
    }

    private Path makeFolder() throws IOException {
        GuardName name = GuardName.own(processes, keeps);
        while (Files.exists(layout.notebooksCgroup().resolve(name.toString()))) {
            name = name.next();
        }
        Path folder = Files.createDirectory(layout.notebooksCgroup().resolve(name.toString()));
        try {
            handOn(folder);
            return folder;
        } catch (IOException e) {
            new Group(folder).remove();
            throw e;
        }
    }

    /** Returns the folders of all guards. */
    List<Path> folders() {
        List<Path> folders = new ArrayList<>(ControlFile.children(layout.notebooksCgroup()));
        folders.removeIf(
                folder -> GuardName.parse(folder.getFileName().toString()).isEmpty());
        return folders;
    }

    /** Removes a guard's folder, as far as no process lives in it. */
    void leave(Path folder) {
        new Group(folder).remove();
        leave();
    }

    /** Puts the base back as it was, if no guard's folder is left. */
    private void leave() {
        removeLeftovers();
        if (!folders().isEmpty()
                || (Files.exists(layout.notebooksCgroup()) && !new Group(layout.notebooksCgroup()).remove())) {
            return;
        }
        // In the machine's root others may use what is on; in a group that had processes in it nothing was.
        Set<String> off = new TreeSet<>(switchedOn);
        Path subtree = layout.base().resolve(SUBTREE);
        if (layout.mustMove() && Files.isDirectory(layout.host())) {
            try {
                off.addAll(ControlFile.words(subtree));
            } catch (IOException e) {
                off.add(MEMORY);
            }
        }
        off.forEach(controller -> ControlFile.tryWrite(subtree, "-" + controller));
        if (layout.mustMove() && Files.isDirectory(layout.host())) {
            try {
                moveAll(layout.host(), layout.base());
            } catch (IOException e) {
                // A process that cannot be moved stays, which does no harm: the next guard shares that leaf.
            }
            new Group(layout.host()).remove();
        }
    }
}

package io.nbguard.cgroup.leaf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * A cgroup inside a leaf, in which everything but the leaf's root is kept frozen for a long time. The root is a supervisor, which
 * must end the tree when the host dies, and must handle a request to end: in a leaf that is frozen as a whole no process could,
 * until another guard comes.
 *
 * <p>It has no controllers: what is in it is charged to the leaf, and is bounded and killed with it. What is moved into it is frozen
 * on arrival and forks no more, so moving comes to an end.
 *
 * @param leaf the directory of the leaf
 */
record FrozenPart(Path leaf) {

    private static final String NAME = "nbguard-frozen";
    private static final String FREEZE = "cgroup.freeze";
    private static final String PROCS = "cgroup.procs";
    private static final int MOVING_ROUNDS = 1000;

    /**
     * Freezes all but the root, also what has come since the last call.
     *
     * @param root its id; empty to freeze all
     * @return whether all is frozen; if not, some of it may be
     */
    boolean freeze(OptionalLong root) {
        Path part = leaf.resolve(NAME);
        if (!makeFrozen(part) || !moveAll(leaf, part, root)) {
            return false;
        }
        // What the notebook has divided its leaf into.
        ControlFile.children(leaf).forEach(child -> ControlFile.tryWrite(child.resolve(FREEZE), "1"));
        return true;
    }

    private static boolean makeFrozen(Path part) {
        try {
            if (!Files.isDirectory(part)) {
                Files.createDirectory(part);
            }
        } catch (IOException e) {
            return false;
        }
        return ControlFile.tryWrite(part.resolve(FREEZE), "1");
    }

    /** Lets everything go on; harmless if nothing is frozen. */
    void thaw() {
        ControlFile.children(leaf).forEach(child -> ControlFile.tryWrite(child.resolve(FREEZE), "0"));
        Path part = leaf.resolve(NAME);
        if (Files.isDirectory(part)) {
            moveAll(part, leaf, OptionalLong.empty());
            // Not if something is left in it, which goes on there.
            part.toFile().delete();
        }
    }

    /** Returns whether nothing is left to move; what has ended meanwhile is not. */
    private static boolean moveAll(Path from, Path to, OptionalLong except) {
        for (int round = 0; round < MOVING_ROUNDS; round++) {
            List<Long> pids;
            try {
                pids = ControlFile.pids(from);
            } catch (IOException e) {
                return false;
            }
            boolean any = false;
            for (long pid : pids) {
                if (except.isEmpty() || except.getAsLong() != pid) {
                    any = true;
                    ControlFile.tryWrite(to.resolve(PROCS), Long.toString(pid));
                }
            }
            if (!any) {
                return true;
            }
        }
        return false;
    }
}

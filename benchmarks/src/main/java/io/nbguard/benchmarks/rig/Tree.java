package io.nbguard.benchmarks.rig;

import io.nbguard.spi.process.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * One tree of real processes, in the shape of papermill: a root, its child (the kernel), and the kernel's three workers.
 *
 * @param pids the processes, root first
 */
public record Tree(List<Long> pids) {

    /** Copies the list. */
    public Tree {
        pids = List.copyOf(pids);
    }

    /** Returns the root's id. */
    public long root() {
        return pids.get(0);
    }

    /**
     * Returns the root's identity, as nbguard wants it.
     *
     * @throws IOException if the root has gone
     */
    public ProcessIdentity identity() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + root() + "/stat"));
        // Field 22; the name may hold blanks and parentheses, so count from its end, behind which field 3 stands.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return new ProcessIdentity(root(), Long.parseLong(fields[22 - 3]));
    }
}

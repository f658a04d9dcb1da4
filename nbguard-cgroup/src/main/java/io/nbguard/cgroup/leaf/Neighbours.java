package io.nbguard.cgroup.leaf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The processes that are in a cgroup beside this one.
 *
 * @param foreign processes that neither are above this one nor descend from it
 * @param hidden processes that this PID namespace does not show
 */
record Neighbours(int foreign, int hidden) {

    /**
     * Counts them.
     *
     * @param root what stands for {@code /}
     */
    static Neighbours in(Path group, Path root) {
        List<Long> pids;
        try {
            pids = ControlFile.pids(group);
        } catch (IOException e) {
            return new Neighbours(0, 0);
        }
        long self = self(root);
        Map<Long, Long> parents = new HashMap<>();
        List<Long> above = chain(self, root, parents);
        int foreign = 0;
        int hidden = 0;
        for (long pid : pids) {
            if (pid == 0) {
                hidden++;
            } else if (!above.contains(pid) && !chain(pid, root, parents).contains(self)) {
                foreign++;
            }
        }
        return new Neighbours(foreign, hidden);
    }

    private static long self(Path root) {
        try {
            return Long.parseLong(Files.readSymbolicLink(root.resolve("proc/self"))
                    .getFileName()
                    .toString());
        } catch (IOException | NumberFormatException e) {
            return ProcessHandle.current().pid();
        }
    }

    /** Returns a process and all above it. */
    private static List<Long> chain(long pid, Path root, Map<Long, Long> parents) {
        List<Long> chain = new ArrayList<>();
        for (long at = pid; at > 0 && !chain.contains(at); ) {
            chain.add(at);
            at = parents.computeIfAbsent(at, id -> parent(id, root));
        }
        return chain;
    }

    private static long parent(long pid, Path root) {
        try {
            String stat = ControlFile.read(
                    root.resolve("proc").resolve(Long.toString(pid)).resolve("stat"));
            // The name before it may hold anything, but ends at the last parenthesis.
            return Long.parseLong(
                    stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ")[1]);
        } catch (IOException | RuntimeException e) {
            return 0;
        }
    }
}

package io.nbguard.benchmarks.chaos;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What happens to the node in a run.
 *
 * @param id short, for {@code --only}
 * @param title for the table
 * @param node where
 * @param programs the programs that take part
 * @param mayDie the executions that a guardian may end; empty if all are to be left alone
 * @param cacheChanges whether page cache comes and goes
 * @param raisedLimit the limit that the node gets at the hog's mark
 * @param timeout how long at most
 */
record Scenario(
        String id,
        String title,
        Node node,
        List<Program> programs,
        Set<String> mayDie,
        boolean cacheChanges,
        OptionalLong raisedLimit,
        Duration timeout) {

    /** Copies the collections. */
    Scenario {
        programs = List.copyOf(programs);
        mayDie = Set.copyOf(mayDie);
    }

    /** Returns whether all executions are to be left alone. */
    boolean isBenign() {
        return mayDie.isEmpty();
    }
}

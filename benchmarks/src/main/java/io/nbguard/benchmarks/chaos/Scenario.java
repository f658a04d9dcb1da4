package io.nbguard.benchmarks.chaos;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What happens to the container in a run.
 *
 * @param id short, for {@code --only}
 * @param title for the table
 * @param container where
 * @param programs who takes part
 * @param mayDie the executions that a guardian may end; nobody in what is to be left alone
 * @param cacheChanges whether page cache comes and goes
 * @param raisedLimit the limit that the container gets at the hog's mark
 * @param timeout how long at most
 */
record Scenario(
        String id,
        String title,
        Container container,
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

    /** Returns whether everybody is to be left alone. */
    boolean isBenign() {
        return mayDie.isEmpty();
    }
}

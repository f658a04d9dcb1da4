package io.nbguard.benchmarks;

import java.time.Duration;
import java.util.List;

/**
 * How much is measured.
 *
 * @param trees how many trees of five processes
 * @param mebibytes memory of each process
 * @param others numbers of other processes on the machine, rising
 * @param warmUp how long each contestant runs before anything is counted
 * @param rounds how often each contestant has its turn per number of others
 * @param coldTicks ticks with a pause of 20 ms before each
 * @param tenHertzTicks ticks at 10 Hz
 * @param forksPerSecond processes started per second while the ticks under forks are measured
 * @param growthPairs how often the least and the greatest number of others are set in turn to measure growth
 */
record Plan(
        int trees,
        int mebibytes,
        List<Integer> others,
        Duration warmUp,
        int rounds,
        int coldTicks,
        int tenHertzTicks,
        int forksPerSecond,
        int growthPairs) {

    /** The pause before a cold tick. */
    static final Duration COLD_PAUSE = Duration.ofMillis(20);
    /** The pause before a tick at 10 Hz. */
    static final Duration TEN_HERTZ_PAUSE = Duration.ofMillis(100);

    /** Copies the list. */
    public Plan {
        others = List.copyOf(others);
    }

    /** Returns the plan that the published figures are made by: some five minutes. */
    static Plan full() {
        return new Plan(20, 16, List.of(200, 1_000, 5_000), Duration.ofSeconds(3), 40, 200, 100, 300, 6);
    }

    /** Returns a plan of well under a minute that shows that everything works; its figures mean little. */
    static Plan quick() {
        return new Plan(20, 2, List.of(50, 200), Duration.ofMillis(700), 4, 10, 5, 300, 1);
    }

    int fewest() {
        return others.get(0);
    }

    int most() {
        return others.get(others.size() - 1);
    }
}

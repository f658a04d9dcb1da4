package io.nbguard.benchmarks;

import io.nbguard.benchmarks.peer.Contestant;
import io.nbguard.benchmarks.peer.Field;
import io.nbguard.benchmarks.peer.NbguardMonitor;
import io.nbguard.benchmarks.rig.Rig;
import io.nbguard.benchmarks.rig.Workshop;
import io.nbguard.spi.process.ProcessGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Measures all contestants on the same processes in one run. They take turns: a short burst each, round after round, each
 * round begun by another one, so that whatever else the machine does hits all of them alike.
 */
final class Comparison {

    private static final Duration NO_PAUSE = Duration.ZERO;
    private static final long BURST_NANOS = 4_000_000;
    private static final int LONGEST_BURST = 40;
    /** A contestant that needs longer than this for a tick has every fourth turn only. */
    private static final double SLOW_MICROS = 100_000;

    private static final int SLOW_TURNS = 4;
    private static final int LEAN_TURNS = 5;
    private static final int UNCOUNTED_TICKS = 3;
    /** Enough for the compiler to have seen everything, also where it gets little processor time. */
    private static final int LEAN_WARM_UP_TICKS = 2_000;

    private final Plan plan;
    private final Rig rig;
    private final Field field;
    private final Consumer<String> progress;
    private final Results results = new Results();

    private Comparison(Plan plan, Rig rig, Field field, Consumer<String> progress) {
        this.plan = plan;
        this.rig = rig;
        this.field = field;
        this.progress = progress;
    }

    /**
     * Runs the comparison.
     *
     * @param progress takes what is being done, as text
     * @throws IOException if the rig cannot be built
     */
    static Results run(Plan plan, Workshop workshop, Consumer<String> progress) throws IOException {
        progress.accept("starting " + plan.trees() + " trees");
        try (Rig rig = Rig.start(workshop, plan.trees(), plan.mebibytes());
                Field field = Field.gather(workshop, rig)) {
            Comparison comparison = new Comparison(plan, rig, field, progress);
            comparison.measure();
            return comparison.results;
        }
    }

    private void measure() {
        results.absent.putAll(field.absent());
        rig.others(plan.fewest());
        progress.accept("warming up");
        for (Contestant contestant : field.present()) {
            warmUp(contestant);
        }
        for (int others : plan.others()) {
            progress.accept(others + " other processes");
            rig.others(others);
            results.hot.put(others, takeTurns(List.copyOf(field.present()), plan.rounds()));
        }
        measureLean();
        measurePss();
        measureGrowth();
    }

    private void warmUp(Contestant contestant) {
        long end = System.nanoTime() + plan.warmUp().toNanos();
        int ticks = 0;
        do {
            field.monitor(contestant).run(1, NO_PAUSE);
            ticks++;
        } while (System.nanoTime() < end || (contestant.isLean() && ticks < LEAN_WARM_UP_TICKS));
    }

    private EnumMap<Contestant, Tally> takeTurns(List<Contestant> contestants, int rounds) {
        EnumMap<Contestant, Tally> tallies = new EnumMap<>(Contestant.class);
        EnumMap<Contestant, Double> expectedMicros = new EnumMap<>(Contestant.class);
        for (Contestant contestant : contestants) {
            // Ticks that do not count: whatever has changed since the last turn is found here.
            long[] walls =
                    field.monitor(contestant).run(UNCOUNTED_TICKS, NO_PAUSE).wallNanos();
            expectedMicros.put(contestant, Arrays.stream(walls).min().orElseThrow() / 1000.0);
            tallies.put(contestant, new Tally());
        }
        List<Contestant> order = new ArrayList<>(contestants);
        for (int round = 0; round < rounds; round++) {
            for (Contestant contestant : order) {
                double expected = expectedMicros.getOrDefault(contestant, 0.0);
                if (expected > SLOW_MICROS && round % SLOW_TURNS != 0) {
                    continue;
                }
                int burst = contestant.isLean()
                        ? LONGEST_BURST
                        : (int) Math.max(1, Math.min(LONGEST_BURST, BURST_NANOS / (expected * 1000)));
                add(tallies, contestant, burst, NO_PAUSE);
            }
            Collections.rotate(order, 1);
        }
        return tallies;
    }

    private void add(Map<Contestant, Tally> tallies, Contestant contestant, int ticks, Duration pause) {
        tallies.computeIfAbsent(contestant, c -> new Tally())
                .add(field.monitor(contestant).run(ticks, pause));
    }

    private void measureLean() {
        progress.accept("cold ticks");
        results.cold.putAll(paused(plan.coldTicks(), Plan.COLD_PAUSE));
        progress.accept("ticks at 10 Hz");
        results.tenHertz.putAll(paused(plan.tenHertzTicks(), Plan.TEN_HERTZ_PAUSE));
        progress.accept("ticks while the machine forks");
        rig.forks(plan.forksPerSecond());
        results.forking.putAll(paused(plan.tenHertzTicks(), Plan.TEN_HERTZ_PAUSE));
        rig.forks(0);
    }

    private EnumMap<Contestant, Tally> paused(int ticks, Duration pause) {
        EnumMap<Contestant, Tally> tallies = new EnumMap<>(Contestant.class);
        for (int turn = 0; turn < LEAN_TURNS; turn++) {
            for (Contestant contestant : lean()) {
                // What was started during the others' turns is not to be found in a tick that counts.
                field.monitor(contestant).run(UNCOUNTED_TICKS, NO_PAUSE);
                add(tallies, contestant, Math.max(1, ticks / LEAN_TURNS), pause);
            }
        }
        return tallies;
    }

    private List<Contestant> lean() {
        return field.present().stream().filter(Contestant::isLean).toList();
    }

    private void measurePss() {
        if (!field.present().contains(Contestant.NBGUARD)) {
            return;
        }
        progress.accept("PSS");
        NbguardMonitor nbguard = (NbguardMonitor) field.monitor(Contestant.NBGUARD);
        nbguard.run(1, NO_PAUSE);
        for (ProcessGroup group : nbguard.groups()) {
            long before = System.nanoTime();
            long pss = group.measurePss();
            long took = System.nanoTime() - before;
            results.pss.add(new Results.Pss(group.usage().totalRssBytes(), pss, took));
        }
    }

    private void measureGrowth() {
        for (int pair = 0; pair < plan.growthPairs(); pair++) {
            progress.accept("growth, pair " + (pair + 1) + " of " + plan.growthPairs());
            for (int others : List.of(plan.fewest(), plan.most())) {
                rig.others(others);
                takeTurns(lean(), plan.rounds() / 4).forEach((contestant, tally) -> results.growth
                        .computeIfAbsent(contestant, c -> new TreeMap<>())
                        .computeIfAbsent(others, n -> new ArrayList<>())
                        .add(tally.medianMicros()));
            }
        }
    }
}

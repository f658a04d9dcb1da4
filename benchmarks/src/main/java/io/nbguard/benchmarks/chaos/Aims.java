package io.nbguard.benchmarks.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * What was set out to be reached, each judged by the statistic that stands in its name. They were written down before
 * anything was measured.
 */
final class Aims {

    private static final long MIB = 1L << 20;
    private static final double MILLI = 1e6;
    private static final int MEDIAN = 50;
    private static final int P99 = 99;
    private static final int MAX = 100;

    /**
     * One aim.
     *
     * @param title what, where, for whom, by which statistic
     * @param wanted the aim
     * @param measured what came out
     * @param runs of how many runs
     * @param met whether that is as wanted
     */
    record Aim(String title, String wanted, String measured, int runs, boolean met) {}

    private final Results results;
    private final List<Aim> aims = new ArrayList<>();

    private Aims(Results results) {
        this.results = results;
    }

    /** Judges. What was not measured is left out. Times are judged where processors are real. */
    static List<Aim> judge(Tier tier, Results results) {
        Aims aims = new Aims(results);
        if (tier == Tier.READ_ONLY) {
            aims.overshoot();
            aims.memoryBack();
            aims.signal();
            aims.headroom();
            aims.cost();
        } else {
            aims.none(
                    "OOMs of the node, all scenarios, **nbguard**",
                    aims.nbguard(scenario -> true),
                    outcome -> outcome.observation().nodeOoms());
        }
        aims.counts();
        return aims.aims;
    }

    private void overshoot() {
        for (Guardian guardian : List.of(Guardian.SIDECAR, Guardian.SIDECAR_ALLOCATING)) {
            for (int percent : List.of(MEDIAN, MAX)) {
                overshoot(Scenarios.C_3000, guardian, percent, 4 * MIB);
                overshoot(Scenarios.C_HUGE, guardian, percent, 16 * MIB);
            }
        }
    }

    private void overshoot(String scenario, Guardian guardian, int percent, long mostBytes) {
        List<Outcome> outcomes = results.of(scenario, guardian);
        atMost(
                "overshoot, " + results.title(scenario) + ", " + guardian.title(),
                Distribution.of(outcomes.stream().mapToLong(Outcome::overshootBytes)),
                percent,
                mostBytes,
                bytes -> String.format(Locale.ROOT, "%.1f MiB", (double) bytes / MIB));
    }

    private void memoryBack() {
        for (Scenario scenario : results.outcomes.keySet()) {
            boolean nice = scenario.id().endsWith("-nice");
            if (scenario.id().startsWith("back-") && (nice || scenario.id().equals("back-0"))) {
                for (Guardian guardian : List.of(Guardian.NBGUARD, Guardian.SIDECAR)) {
                    for (int percent : List.of(MEDIAN, MAX)) {
                        milliseconds(
                                "signal → 95 % of 1 GiB back, " + scenario.title(),
                                guardian,
                                Distribution.ofPresent(
                                        results.of(scenario.id(), guardian), Outcome::signalToMemoryBackNanos),
                                percent,
                                nice ? 60 : 30);
                    }
                }
            }
        }
    }

    private void signal() {
        for (Guardian guardian : List.of(Guardian.NBGUARD, Guardian.SIDECAR)) {
            signal(Scenarios.C_HUGE, guardian, 25);
            results.outcomes.keySet().stream()
                    .filter(scenario -> scenario.id().matches("back-[1-9]\\d*"))
                    .forEach(scenario -> signal(scenario.id(), guardian, 75));
        }
    }

    private void signal(String scenario, Guardian guardian, int mostMilliseconds) {
        milliseconds(
                "crossing → signal, " + results.title(scenario),
                guardian,
                Distribution.ofPresent(results.of(scenario, guardian), Outcome::crossingToSignalNanos),
                P99,
                mostMilliseconds);
    }

    private void milliseconds(String title, Guardian guardian, Distribution nanos, int percent, int most) {
        atMost(
                title + ", " + guardian.title(),
                nanos,
                percent,
                (long) (most * MILLI),
                value -> String.format(Locale.ROOT, "%.1f ms", value / MILLI));
    }

    private void atMost(String title, Distribution values, int percent, long most, Unit unit) {
        if (!values.isEmpty()) {
            long value = values.percentile(percent);
            String statistic = percent == MAX ? "max" : "p" + percent;
            aims.add(new Aim(
                    title + ", " + statistic, "≤ " + unit.text(most), unit.text(value), values.size(), value <= most));
        }
    }

    private interface Unit {
        String text(long value);
    }

    private void headroom() {
        for (Guardian guardian : List.of(Guardian.NBGUARD, Guardian.SIDECAR)) {
            for (String id : List.of(Scenarios.C_HUGE, Scenarios.PUBLISHED)) {
                results.of(id, guardian).stream()
                        .findAny()
                        .ifPresent(any -> none(
                                "kernel OOM kills, " + any.scenario().title() + ", 1 GiB headroom, " + guardian.title(),
                                results.of(id, guardian).stream(),
                                outcome -> outcome.observation().nodeOoms()));
            }
        }
    }

    private void counts() {
        none("false kills, benign scenarios, **nbguard**", nbguard(Scenario::isBenign), Outcome::falseKills);
        Predicate<Scenario> all = scenario -> true;
        none(
                "executions with a wrong reason in their record, all scenarios, **nbguard**",
                nbguard(all),
                Outcome::wrongReasons);
        none("groups left, all scenarios, **nbguard**", nbguard(all), Outcome::groupsLeft);
        none("controller deaths, all scenarios, **nbguard**", nbguard(all), o -> o.controllerAlive() ? 0 : 1);
        none("wrong victims, all scenarios, **nbguard**", nbguard(all), Outcome::wrongVictims);
        none("second kills, all scenarios, **nbguard**", nbguard(all), Outcome::secondKills);
    }

    private Stream<Outcome> nbguard(Predicate<Scenario> wanted) {
        return results.outcomes.entrySet().stream()
                .filter(entry -> wanted.test(entry.getKey()))
                .flatMap(entry -> entry.getValue().entrySet().stream())
                .filter(entry -> entry.getKey().isNbguard())
                .flatMap(entry -> entry.getValue().stream());
    }

    private void none(String title, Stream<Outcome> outcomes, ToLongFunction<Outcome> part) {
        List<Outcome> all = outcomes.toList();
        if (!all.isEmpty()) {
            long sum = all.stream().mapToLong(part).sum();
            aims.add(new Aim(title, "0", Long.toString(sum), all.size(), sum == 0));
        }
    }

    private void cost() {
        results.cost.forEach((guardian, share) -> aims.add(new Aim(
                "share of a core that sampling takes, 50 executions far from the limit, " + guardian.title(),
                "≤ 0.5 %",
                String.format(Locale.ROOT, "%.2f %%", share.sampling() * 100),
                1,
                share.sampling() <= 0.005)));
    }
}

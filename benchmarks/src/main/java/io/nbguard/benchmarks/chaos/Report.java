package io.nbguard.benchmarks.chaos;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Writes results as the Markdown that stands in {@code benchmarks/README.md}. */
final class Report {

    private static final double MIB = 1 << 20;
    private static final double MILLI = 1e6;
    private static final double GIGA = 1e9;

    private final StringBuilder text = new StringBuilder();
    private final Tier tier;
    private final Results results;

    private Report(Tier tier, Results results) {
        this.tier = tier;
        this.results = results;
    }

    /** Returns the report. */
    static String of(Tier tier, Results results) {
        Report report = new Report(tier, results);
        report.rig();
        report.counts();
        report.latencies();
        report.aims();
        report.notes();
        return report.text.toString();
    }

    private void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private void row(List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private void header(List<String> cells, int left) {
        row(cells);
        text.append('|')
                .append("---|".repeat(left))
                .append("---:|".repeat(cells.size() - left))
                .append('\n');
    }

    private void counts() {
        line("### What happened");
        line("");
        header(
                List.of(
                        "scenario",
                        "watched by",
                        "runs",
                        tier == Tier.WRITABLE ? "OOMs of the node" : "kernel OOM kills",
                        "controller deaths",
                        "wrong victims",
                        "second kills",
                        "false kills",
                        "missed kills",
                        "wrong reason in the record",
                        "killed by the kernel in their leaf",
                        "groups left"),
                2);
        results.outcomes.forEach((scenario, byGuardian) -> byGuardian.forEach((guardian, outcomes) -> row(List.of(
                scenario.title(),
                guardian.title(),
                Integer.toString(outcomes.size()),
                sum(outcomes, outcome -> outcome.observation().nodeOoms()),
                sum(outcomes, outcome -> outcome.controllerAlive() ? 0 : 1),
                sum(outcomes, Outcome::wrongVictims),
                sum(outcomes, Outcome::secondKills),
                sum(outcomes, Outcome::falseKills),
                sum(outcomes, outcome -> outcome.noGuardianActed() ? 1 : 0),
                guardian.isNbguard() ? sum(outcomes, Outcome::wrongReasons) : "–",
                tier == Tier.WRITABLE ? Long.toString(kernelKills(outcomes)) : "–",
                tier == Tier.WRITABLE ? sum(outcomes, Outcome::groupsLeft) : "–"))));
        line("");
    }

    private static long kernelKills(List<Outcome> outcomes) {
        return outcomes.stream()
                .filter(outcome -> outcome.observation().kernelOomKills() > 0)
                .count();
    }

    private static String sum(List<Outcome> outcomes, ToLongFunction<Outcome> part) {
        long sum = outcomes.stream().mapToLong(part).sum();
        return sum == 0 ? "0" : "**" + sum + "**";
    }

    private void latencies() {
        line("### How fast");
        line("");
        header(
                List.of(
                        "scenario",
                        "watched by",
                        "filled at, GB/s",
                        "crossing → signal, ms: p50",
                        "p99",
                        "max",
                        "signal → memory back, ms: p50",
                        "p99",
                        "max",
                        "overshoot, MiB: p50",
                        "max",
                        "runs in which the machine stood still",
                        "signal, max, without them",
                        "overshoot, max, without them"),
                2);
        for (Map.Entry<Scenario, EnumMap<Guardian, List<Outcome>>> entry : results.outcomes.entrySet()) {
            if (entry.getKey().isBenign()) {
                continue;
            }
            entry.getValue().forEach((guardian, outcomes) -> {
                List<String> cells = new ArrayList<>(List.of(entry.getKey().title(), guardian.title()));
                cells.add(rate(outcomes));
                cells.addAll(milliseconds(Distribution.ofPresent(outcomes, Outcome::crossingToSignalNanos)));
                cells.addAll(milliseconds(Distribution.ofPresent(outcomes, Outcome::signalToMemoryBackNanos)));
                Distribution overshoot = Distribution.of(outcomes.stream().mapToLong(Outcome::overshootBytes));
                cells.add(mebibytes(overshoot.percentile(50)));
                cells.add(mebibytes(overshoot.max()));
                List<Outcome> undisturbed = outcomes.stream()
                        .filter(outcome -> !outcome.stoodStill())
                        .toList();
                cells.add(Integer.toString(outcomes.size() - undisturbed.size()));
                Distribution signal = Distribution.ofPresent(undisturbed, Outcome::crossingToSignalNanos);
                cells.add(signal.isEmpty() ? "–" : milliseconds(signal.max()));
                Distribution beyond = Distribution.of(undisturbed.stream().mapToLong(Outcome::overshootBytes));
                cells.add(beyond.isEmpty() ? "–" : mebibytes(beyond.max()));
                row(cells);
            });
        }
        line("");
    }

    private static List<String> milliseconds(Distribution nanos) {
        return nanos.isEmpty()
                ? List.of("–", "–", "–")
                : List.of(
                        milliseconds(nanos.percentile(50)),
                        milliseconds(nanos.percentile(99)),
                        milliseconds(nanos.max()));
    }

    private static String milliseconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f", nanos / MILLI);
    }

    private static String rate(List<Outcome> outcomes) {
        Distribution rates = Distribution.of(outcomes.stream()
                .mapToLong(outcome -> outcome.observation().fillPerSecond())
                .filter(rate -> rate > 0));
        return rates.isEmpty() ? "–" : String.format(Locale.ROOT, "%.2f", rates.percentile(50) / GIGA);
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f", bytes / MIB);
    }

    private void rig() {
        line("%s", results.rig);
        long cpu = results.all()
                .mapToLong(outcome -> outcome.observation().cpuNanos())
                .sum();
        long wall = results.all()
                .mapToLong(outcome -> outcome.observation().endNanos())
                .sum();
        if (wall > 0) {
            line("It took %.1f %% of a core while runs went on.", 100.0 * cpu / wall);
        }
        results.published.forEach((guardian, rate) ->
                line("The rate that %s says it survives: %.2f GB/s.", guardian.title(), rate / GIGA));
        line("");
    }

    private void aims() {
        line("### Aims");
        line("");
        header(List.of("aim", "wanted", "measured", "runs", "met"), 1);
        for (Aims.Aim aim : Aims.judge(tier, results)) {
            row(List.of(
                    aim.title(),
                    aim.wanted(),
                    aim.measured(),
                    Integer.toString(aim.runs()),
                    aim.met() ? "yes" : "**no**"));
        }
        line("");
    }

    private void notes() {
        results.cost.forEach((guardian, share) -> line(
                "With 50 executions far from the limit all of nbguard's threads (sampling, history) took %.2f %% of a core: %s%s",
                share.all() * 100, guardian.title(), guardian.isSidecar() ? ", its JVM as a whole." : "."));
        results.absent.forEach((guardian, reason) -> line("Not measured: %s: %s", guardian.title(), reason));
        if (results.withoutSidecar > 0) {
            line("In %d runs the sidecar was not on watch at the end.", results.withoutSidecar);
        }
        long missed = results.all().filter(Outcome::wasMissed).count();
        if (missed > 0) {
            line("In %d runs the observer missed the kill that is in the record; they count, without times.", missed);
        }
        results.failures.forEach(failure -> line("Did not come to a result: %s", failure));
    }
}

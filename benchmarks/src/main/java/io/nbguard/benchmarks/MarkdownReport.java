package io.nbguard.benchmarks;

import io.nbguard.benchmarks.peer.Contestant;
import io.nbguard.benchmarks.peer.Measurement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes results as the Markdown that stands in {@code benchmarks/README.md}. */
final class MarkdownReport {

    private static final double BYTES_PER_MEBIBYTE = 1 << 20;

    private final Plan plan;
    private final Results results;
    private final StringBuilder text = new StringBuilder();

    private MarkdownReport(Plan plan, Results results) {
        this.plan = plan;
        this.results = results;
    }

    /** Returns the report. */
    static String of(Plan plan, Results results, Machine machine) {
        MarkdownReport report = new MarkdownReport(plan, results);
        report.line(machine.describe());
        report.line(
                "%d trees × 5 processes of %d MiB each; median of a tick over all trees.",
                plan.trees(), plan.mebibytes());
        report.line("");
        report.ticks();
        report.floor();
        report.conditions();
        report.growth();
        report.pss();
        report.agreement();
        report.aims();
        return report.text.toString();
    }

    private void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private void row(List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private void header(String first, List<String> others) {
        List<String> cells = new ArrayList<>(List.of(first));
        cells.addAll(others);
        row(cells);
        text.append("|---|").append("---:|".repeat(others.size())).append('\n');
    }

    private void ticks() {
        line("### A tick, back to back, by the number of other processes");
        line("");
        header(
                "",
                plan.others().stream()
                        .flatMap(n -> List.of(number(n) + " others", "p10 – p90", "÷ nbguard").stream())
                        .toList());
        for (Contestant contestant : Contestant.values()) {
            List<String> cells = new ArrayList<>(List.of(contestant.title()));
            for (int others : plan.others()) {
                Tally tally = results.hot
                        .getOrDefault(others, new EnumMap<>(Contestant.class))
                        .get(contestant);
                if (tally == null) {
                    cells.addAll(List.of("not measured", "", ""));
                    continue;
                }
                cells.add(time(tally.medianMicros()));
                cells.add(time(tally.micros(10)) + " – " + time(tally.micros(90)));
                cells.add(ratioText(hotRatio(others, contestant, Contestant.NBGUARD)));
            }
            row(cells);
        }
        line("");
        results.absent.forEach((contestant, reason) -> line("Not measured: %s: %s", contestant.title(), reason));
    }

    private void floor() {
        line("### Against a C program that does the same system calls and nothing else");
        line("");
        header("", plan.others().stream().map(n -> number(n) + " others").toList());
        floorRow("memory and CPU ÷ C statm + CPU clock", Contestant.NBGUARD, Contestant.C_CLOCK);
        floorRow("… ÷ the same with a second thread", Contestant.NBGUARD, Contestant.C_CLOCK_THREADED);
        floorRow("pure Java ÷ C stat", Contestant.NBGUARD_PURE_JAVA, Contestant.C_STAT);
        floorRow("… ÷ the same with a second thread", Contestant.NBGUARD_PURE_JAVA, Contestant.C_STAT_THREADED);
        floorRow("full depth ÷ C statm + CPU clock + stat", Contestant.NBGUARD_FULL, Contestant.C_FULL);
        floorRow("memory and CPU ÷ C stat", Contestant.NBGUARD, Contestant.C_STAT);
        line("");
    }

    private void floorRow(String title, Contestant nbguard, Contestant floor) {
        List<String> cells = new ArrayList<>(List.of(title));
        for (int others : plan.others()) {
            cells.add(ratioText(hotRatio(others, nbguard, floor)));
        }
        row(cells);
    }

    private void conditions() {
        line("### Cold, at 10 Hz, and while the machine forks (%s others)", number(plan.most()));
        line("");
        header(
                "",
                List.of(
                        "back to back",
                        "20 ms pause",
                        "10 Hz",
                        "CPU per tick at 10 Hz",
                        "share of a core at 10 Hz",
                        "10 Hz, " + plan.forksPerSecond() + " forks/s",
                        "p90",
                        "share of a core",
                        "bytes allocated per tick"));
        for (Contestant contestant : Contestant.values()) {
            Tally hot = hotAtMost(contestant);
            Tally cold = results.cold.get(contestant);
            Tally tenHertz = results.tenHertz.get(contestant);
            Tally forking = results.forking.get(contestant);
            if (hot == null || cold == null || tenHertz == null || forking == null) {
                continue;
            }
            row(List.of(
                    contestant.title(),
                    time(hot.medianMicros()),
                    time(cold.medianMicros()),
                    time(tenHertz.medianMicros()),
                    time(tenHertz.cpuMicrosPerTick()),
                    percent(tenHertz.shareOfCore()),
                    time(forking.medianMicros()),
                    time(forking.micros(90)),
                    percent(forking.shareOfCore()),
                    allocated(hot)));
        }
        line("");
        for (Contestant contestant :
                List.of(Contestant.OSHI_UPDATE, Contestant.OSHI_DESCENDANTS, Contestant.PROCESS_HANDLE)) {
            Tally hot = hotAtMost(contestant);
            if (hot != null && hot.allocatedBytesPerTick().isPresent()) {
                line("%s allocates %s bytes per tick.", contestant.title(), allocated(hot));
            }
        }
        line("");
    }

    private @Nullable Tally hotAtMost(Contestant contestant) {
        return results.hot
                .getOrDefault(plan.most(), new EnumMap<>(Contestant.class))
                .get(contestant);
    }

    private void growth() {
        line(
                "### Growth from %s to %s other processes, set in turn %d times",
                number(plan.fewest()), number(plan.most()), plan.growthPairs());
        line("");
        header("", List.of(number(plan.fewest()), number(plan.most()), "growth"));
        results.growth.forEach((contestant, byOthers) -> row(List.of(
                contestant.title(),
                time(median(byOthers.getOrDefault(plan.fewest(), List.of()))),
                time(median(byOthers.getOrDefault(plan.most(), List.of()))),
                String.format(Locale.ROOT, "%.3f×", growthOf(byOthers)))));
        line("");
    }

    private double growthOf(TreeMap<Integer, List<Double>> byOthers) {
        return median(byOthers.getOrDefault(plan.most(), List.of()))
                / median(byOthers.getOrDefault(plan.fewest(), List.of()));
    }

    private void pss() {
        if (results.pss.isEmpty()) {
            return;
        }
        double microsPerMebibyte = results.pss.stream()
                .mapToDouble(p -> p.nanos() / 1000.0 / (p.rssBytes() / BYTES_PER_MEBIBYTE))
                .sorted()
                .skip(results.pss.size() / 2)
                .findFirst()
                .orElseThrow();
        double treeMicros = results.pss.stream()
                .mapToDouble(p -> p.nanos() / 1000.0)
                .sorted()
                .skip(results.pss.size() / 2)
                .findFirst()
                .orElseThrow();
        line(
                "PSS of one tree, read only to settle a decision: %s, %.1f µs per MiB of RSS.",
                time(treeMicros), microsPerMebibyte);
        line("");
    }

    private void agreement() {
        line("### All measure the same");
        line("");
        header("at " + number(plan.most()) + " others", List.of("sum of RSS, MiB", "sum of CPU, s"));
        for (Contestant contestant : Contestant.values()) {
            Tally hot = hotAtMost(contestant);
            if (hot != null) {
                Measurement last = hot.last();
                row(List.of(
                        contestant.title(),
                        String.format(Locale.ROOT, "%.1f", last.rssBytes() / BYTES_PER_MEBIBYTE),
                        last.cpuNanos() == Measurement.NOT_KNOWN
                                ? "not measured"
                                : String.format(Locale.ROOT, "%.2f", last.cpuNanos() / 1e9)));
            }
        }
        line("");
    }

    private void aims() {
        line("### Aims");
        line("");
        header("aim", List.of("wanted", "measured", "met"));
        atMost(
                "memory and CPU ÷ C doing the same, statm + CPU clock, worst",
                1.5,
                worst(Contestant.NBGUARD, Contestant.C_CLOCK),
                "×");
        atMost(
                "pure Java ÷ C doing the same, stat, worst",
                1.25,
                worst(Contestant.NBGUARD_PURE_JAVA, Contestant.C_STAT),
                "×");
        for (Map.Entry<Integer, Double> aim :
                new TreeMap<>(Map.of(200, 200.0, 1_000, 1_000.0, 5_000, 8_000.0)).entrySet()) {
            if (plan.others().contains(aim.getKey())) {
                atLeast(
                        "faster than psutil's sum at " + number(aim.getKey()) + " others",
                        aim.getValue(),
                        hotRatio(aim.getKey(), Contestant.PSUTIL_SUM, Contestant.NBGUARD));
            }
        }
        atLeast(
                "faster than OSHI updateAttributes on known processes, worst",
                50,
                plan.others().stream()
                        .map(n -> hotRatio(n, Contestant.OSHI_UPDATE, Contestant.NBGUARD))
                        .flatMapToDouble(OptionalDouble::stream)
                        .min());
        for (Contestant contestant : List.of(Contestant.NBGUARD, Contestant.NBGUARD_PURE_JAVA)) {
            TreeMap<Integer, List<Double>> byOthers = results.growth.get(contestant);
            if (byOthers != null) {
                atMost(
                        "growth from " + number(plan.fewest()) + " to " + number(plan.most()) + ", "
                                + contestant.title(),
                        1.05,
                        OptionalDouble.of(growthOf(byOthers)),
                        "×");
            }
            Tally tenHertz = results.tenHertz.get(contestant);
            Tally hot = hotAtMost(contestant);
            if (tenHertz != null && hot != null) {
                atMost(
                        "bytes allocated per steady tick, " + contestant.title(),
                        0,
                        asDouble(hot.allocatedBytesPerTick()),
                        "");
                atMost(
                        "share of a core at 10 Hz, hot, " + contestant.title(),
                        0.3,
                        OptionalDouble.of(hot.medianMicros() * 10 / 1e6 * 100),
                        " %");
                atMost(
                        "share of a core at 10 Hz, as measured, " + contestant.title(),
                        0.3,
                        OptionalDouble.of(tenHertz.shareOfCore() * 100),
                        " %");
            }
        }
    }

    private OptionalDouble worst(Contestant contestant, Contestant floor) {
        return plan.others().stream()
                .map(n -> hotRatio(n, contestant, floor))
                .flatMapToDouble(OptionalDouble::stream)
                .max();
    }

    private void atMost(String what, double wanted, OptionalDouble measured, String unit) {
        aim(what, "≤ " + plain(wanted) + unit, measured, unit, measured.orElse(Double.MAX_VALUE) <= wanted);
    }

    private void atLeast(String what, double wanted, OptionalDouble measured) {
        aim(what, "≥ " + plain(wanted) + "×", measured, "×", measured.orElse(0) >= wanted);
    }

    private void aim(String what, String wanted, OptionalDouble measured, String unit, boolean met) {
        String found = measured.isPresent() ? plain(measured.getAsDouble()) + unit : "not measured";
        row(List.of(what, wanted, found, measured.isEmpty() ? "–" : met ? "yes" : "**no**"));
    }

    private OptionalDouble hotRatio(int others, Contestant slow, Contestant fast) {
        EnumMap<Contestant, Tally> tallies = results.hot.get(others);
        Tally above = tallies == null ? null : tallies.get(slow);
        Tally below = tallies == null ? null : tallies.get(fast);
        return above == null || below == null
                ? OptionalDouble.empty()
                : OptionalDouble.of(above.medianMicros() / below.medianMicros());
    }

    private static OptionalDouble asDouble(OptionalLong value) {
        return value.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(value.getAsLong());
    }

    private static double median(Collection<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
    }

    private static String ratioText(OptionalDouble ratio) {
        return ratio.isPresent() ? plain(ratio.getAsDouble()) + "×" : "";
    }

    private static String time(double micros) {
        if (micros < 1_000) {
            return String.format(Locale.ROOT, "%.1f µs", micros);
        }
        return micros < 100_000
                ? String.format(Locale.ROOT, "%.2f ms", micros / 1_000)
                : String.format(Locale.ROOT, "%.0f ms", micros / 1_000);
    }

    private static String plain(double value) {
        if (value == Math.rint(value) && value < 1_000) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        return value < 10 ? String.format(Locale.ROOT, "%.2f", value) : String.format(Locale.ROOT, "%,.0f", value);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.3f %%", share * 100);
    }

    private static String number(int count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    private static String allocated(Tally tally) {
        OptionalLong bytes = tally.allocatedBytesPerTick();
        return bytes.isEmpty() ? "" : String.format(Locale.ROOT, "%,d", bytes.getAsLong());
    }
}

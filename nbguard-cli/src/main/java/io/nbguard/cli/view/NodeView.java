package io.nbguard.cli.view;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Reading;
import io.nbguard.api.snapshot.NodeSnapshot;
import io.nbguard.api.snapshot.Snapshot;
import io.nbguard.api.watchdog.MemoryRung;
import io.nbguard.api.watchdog.Safety;
import io.nbguard.api.watchdog.SafetyTier;
import io.nbguard.api.watchdog.WatchdogMode;
import io.nbguard.cli.text.Bar;
import io.nbguard.cli.text.Line;
import io.nbguard.cli.text.Spoken;
import io.nbguard.cli.text.Style;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The head of a live view: what all notebooks share. A limit that is not set and a number that cannot be read are named in
 * words; nothing is guessed.
 */
public final class NodeView {

    private static final int BAR_COLUMNS = 20;

    private NodeView() {}

    /** Returns one line for the memory budget, if there is one: the bar, what is used, and where the watchdog acts. */
    public static Optional<Line> budget(Snapshot snapshot) {
        return snapshot.budget().map(budget -> {
            double full = fraction(budget.used(), budget.limit());
            ByteSize used = budget.used();
            ByteSize threshold = budget.threshold();
            Line line = label("budget")
                    .plus(Bar.of(full, BAR_COLUMNS, barStyle(full, fraction(threshold, budget.limit()))))
                    .plus("  " + used.textBeside(threshold), Style.BOLD)
                    .plus(" of " + budget.limit().textBeside(threshold))
                    .plus(", watchdog at " + threshold.textBeside(used, budget.limit()), Style.FAINT);
            return budget.rss().bytes() > budget.used().bytes()
                    ? line.plus("   sum of RSS " + budget.rss(), Style.FAINT)
                    : line;
        });
    }

    /** Returns one line for the node's memory: what counts, the limit, the share of it. */
    public static Line memory(Snapshot snapshot) {
        NodeSnapshot node = snapshot.node();
        Optional<ByteSize> used = node.memoryUnreclaimable().value();
        Optional<ByteSize> limit = node.memoryLimit().value();
        Line line = label("memory");
        if (used.isPresent() && limit.isPresent()) {
            double full = fraction(used.get(), limit.get());
            Style style = snapshot.rung() == MemoryRung.NORMAL ? Style.ACCENT : Style.WARNING;
            return line.plus(Bar.of(full, BAR_COLUMNS, snapshot.rung() == MemoryRung.KILL ? Style.BAD : style))
                    .plus("  " + used.get(), Style.BOLD)
                    .plus(" of " + limit.get() + ", " + Spoken.percent(full));
        }
        return line.plus(words(node.memoryUnreclaimable()), Style.BOLD).plus(", limit " + words(node.memoryLimit()));
    }

    /** Returns one line for the node's processors: cores in use, the quota, pressure. */
    public static Line processors(Snapshot snapshot) {
        NodeSnapshot node = snapshot.node();
        Optional<Double> quota = node.coresLimit().value();
        Optional<Double> cores = node.cores().value();
        Line line = label("cpu");
        if (cores.isPresent()) {
            int all = Runtime.getRuntime().availableProcessors();
            line = line.plus(Bar.of(cores.get() / quota.orElse((double) all), BAR_COLUMNS, Style.ACCENT))
                    .plus("  " + Spoken.cores(cores.get()), Style.BOLD)
                    .plus(" of " + quota.map(Spoken::cores).orElseGet(() -> Integer.toString(all)) + " cores");
        } else {
            line = line.plus(words(node.cores()));
        }
        Optional<Double> cpu = node.cpuPressure().value();
        Optional<Double> memory = node.memoryPressure().value();
        return cpu.isPresent() && memory.isPresent()
                ? line.plus(
                        "   pressure: cpu " + Spoken.percent(cpu.get()) + ", memory " + Spoken.percent(memory.get()),
                        Style.FAINT)
                : line;
    }

    /** Returns one line on what keeps the node safe: the tier, and how fast a notebook may fill the memory. */
    public static Line safety(Safety safety) {
        Line line = label("safety")
                .plus(
                        safety.tier() == SafetyTier.WRITABLE
                                ? "writable tier: the kernel confines every notebook to a cgroup of its own"
                                : "read-only tier: " + readOnly(safety),
                        Style.FAINT);
        return safety.watchdog() == WatchdogMode.SIDECAR ? line.plus(" · watchdog in its sidecar", Style.FAINT) : line;
    }

    /** Returns how fast a notebook may fill the memory on the read-only tier, in words. */
    public static String readOnly(Safety safety) {
        if (safety.survivableFillPerSecond() instanceof Reading.Value<ByteSize> rate) {
            return "survives a notebook that fills " + rate.get() + " a second (reaction "
                    + Spoken.duration(safety.reaction()) + ")";
        }
        return "the survivable rate is " + words(safety.survivableFillPerSecond());
    }

    /** Returns the finer print for {@code top}: raw, working set, sources, out-of-memory kills, how the loop is doing. */
    public static List<Line> details(Snapshot snapshot) {
        NodeSnapshot node = snapshot.node();
        List<Line> lines = new ArrayList<>();
        lines.add(label("")
                .plus(
                        "raw " + size(node.memoryRaw()) + " · working set " + size(node.memoryWorkingSet())
                                + " · not reclaimable " + size(node.memoryUnreclaimable()),
                        Style.FAINT));
        lines.add(label("")
                .plus(
                        "limit " + size(node.memoryLimit()) + " from "
                                + node.memoryLimit().source(),
                        Style.FAINT));
        node.oomKills()
                .value()
                .filter(count -> count > 0)
                .ifPresent(count -> lines.add(label("")
                        .plus(
                                "the kernel's OOM killer has taken " + (count == 1 ? "1 process" : count + " processes")
                                        + " here",
                                Style.WARNING)));
        return lines;
    }

    /** Returns a size reading in words: the value, {@code none}, or {@code unknown} with the reason. */
    public static String size(Reading<ByteSize> reading) {
        return words(reading);
    }

    private static String words(Reading<?> reading) {
        if (reading instanceof Reading.Value<?> value) {
            return value.get().toString();
        }
        if (reading instanceof Reading.Unavailable<?> unavailable) {
            return "unknown (" + unavailable.reason() + ")";
        }
        return "none";
    }

    private static Style barStyle(double full, double threshold) {
        if (full >= threshold) {
            return Style.BAD;
        }
        return full >= threshold * 0.85 ? Style.WARNING : Style.ACCENT;
    }

    private static double fraction(ByteSize part, ByteSize whole) {
        return whole.bytes() == 0 ? 0 : part.bytes() / (double) whole.bytes();
    }

    private static Line label(String text) {
        return Line.of(text, Style.FAINT).padEnd(8);
    }
}

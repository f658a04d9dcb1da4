package io.nbguard.cli.view;

import io.nbguard.api.snapshot.ExecutionSnapshot;
import io.nbguard.api.snapshot.ProcessSnapshot;
import io.nbguard.api.snapshot.Snapshot;
import io.nbguard.cli.text.Line;
import io.nbguard.cli.text.Spoken;
import io.nbguard.cli.text.Style;
import io.nbguard.cli.text.Table;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The screen of {@code top}: the node, then a row for each execution and one for each of its processes. */
public final class TopView {

    private TopView() {}

    /**
     * Returns the lines.
     *
     * @param snapshot the latest tick
     * @param width columns that a line may take
     */
    public static List<Line> of(Snapshot snapshot, int width) {
        List<Line> lines = new ArrayList<>();
        lines.add(NodeView.memory(snapshot));
        lines.add(NodeView.processors(snapshot));
        lines.addAll(NodeView.details(snapshot));
        lines.add(Line.EMPTY);
        if (snapshot.executions().isEmpty()) {
            lines.add(Line.of("No notebook is running under nbguard at the moment."));
            lines.add(Line.of("Start one, in any terminal: ").plus("nbguard run report.ipynb", Style.BOLD));
        } else {
            lines.addAll(table(snapshot, width));
        }
        return lines;
    }

    private static List<Line> table(Snapshot snapshot, int width) {
        Table table = new Table()
                .shrinkingText("NOTEBOOK / PROCESS", 18)
                .text("ID / PID")
                .text("STATE")
                .optionalFigures("CELLS")
                .figures("TIME")
                .figures("MEMORY")
                .optionalFigures("SOURCE")
                .optionalFigures("PEAK")
                .figures("CORES")
                .figures("CPU");
        for (ExecutionSnapshot execution : snapshot.executions()) {
            table.row(
                    Line.of(execution.notebook(), Style.BOLD),
                    Line.of(execution.id().shortForm()),
                    Outcome.of(execution.state()),
                    Line.of(execution.progress().toString()),
                    Line.of(Spoken.duration(execution.elapsed())),
                    Line.of(Spoken.orUnknown(execution.usage().memory().value()), Style.BOLD),
                    Line.of(execution.usage().memory().source(), Style.FAINT),
                    Line.of(Spoken.orUnknown(execution.usage().peakMemory().value()), Style.FAINT),
                    Line.of(
                            Spoken.orUnknown(
                                    execution.usage().cores().map(Spoken::cores).value()),
                            Style.BOLD),
                    execution
                            .usage()
                            .cpuTime()
                            .value()
                            .map(used -> cpu(used.nanos()))
                            .orElse(Line.of("unknown")));
            processes(table, execution.processes());
        }
        return table.render(width);
    }

    private static void processes(Table table, List<ProcessSnapshot> processes) {
        Map<Long, Integer> depths = new HashMap<>();
        for (ProcessSnapshot process : processes) {
            int depth = depths.getOrDefault(process.parentPid(), 0) + 1;
            depths.put(process.pid(), depth);
            table.row(
                    Line.of("  ".repeat(depth) + process.command(), Style.FAINT),
                    Line.of(Long.toString(process.pid()), Style.FAINT),
                    state(process.state()),
                    Line.EMPTY,
                    Line.EMPTY,
                    Line.of(process.rss().toString()),
                    Line.of("rss", Style.FAINT),
                    Line.EMPTY,
                    Line.of(Spoken.cores(process.cores())),
                    cpu(process.cpuTime().nanos()));
        }
    }

    private static Line cpu(long nanos) {
        return Line.of(Spoken.duration(Duration.ofNanos(nanos)));
    }

    private static Line state(char letter) {
        return switch (letter) {
            case 'R' -> Line.of("running", Style.GOOD);
            case 'S', 'I' -> Line.of("sleeping", Style.FAINT);
            case 'D' -> Line.of("waiting", Style.WARNING);
            case 'T', 't' -> Line.of("stopped", Style.WARNING);
            case 'Z', 'X' -> Line.of("zombie", Style.BAD);
            default -> Line.of(String.valueOf(letter), Style.FAINT);
        };
    }
}

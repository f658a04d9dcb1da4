package io.nbguard.cli.view;

import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.cli.text.Line;
import io.nbguard.cli.text.Spoken;
import io.nbguard.cli.text.Style;
import io.nbguard.server.json.EndText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How one run went, in a few lines. */
public final class ResultView {

    private ResultView() {}

    /**
     * Returns the lines.
     *
     * @param record the final record
     * @param folder paths below it are shown relative to it
     */
    public static List<Line> of(ExecutionRecord record, Path folder) {
        List<Line> lines = new ArrayList<>();
        lines.add(Line.EMPTY);
        boolean completed = record.state() == ExecutionState.COMPLETED;
        lines.add(Line.of(completed ? "✓ " : "✗ ", completed ? Style.GOOD : Style.BAD)
                .plus(record.notebook(), Style.BOLD)
                .plus(" ")
                .plus(Outcome.of(record))
                .plus(" after " + Spoken.duration(record.lifecycle().elapsed(null))));
        EndText.why(record).ifPresent(why -> lines.add(row("why", Line.of(why, Style.BAD))));
        lines.add(row("cells", Line.of(record.progress().toString())));
        lines.add(row(
                "used",
                Line.of("peak memory " + Spoken.orUnknown(record.usage().peakMemory()) + ", " + cpu(record)
                        + " of cpu")));
        record.outcome()
                .output()
                .ifPresent(output ->
                        lines.add(row(completed ? "output" : "partial", Line.of(shown(output, folder), Style.ACCENT))));
        return lines;
    }

    /** Returns a path as a person in {@code folder} would type it. */
    public static String shown(Path path, Path folder) {
        return path.startsWith(folder) ? folder.relativize(path).toString() : path.toString();
    }

    private static Line row(String label, Line text) {
        return Line.of("  " + label, Style.FAINT).padEnd(11).plus(text);
    }

    /** Returns the processor time of a run, for a person. */
    static String cpu(ExecutionRecord record) {
        return Spoken.orUnknown(record.usage().cpuTime().map(used -> Spoken.duration(Duration.ofNanos(used.nanos()))));
    }
}

package io.nbguard.cli.view;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.snapshot.ExecutionSnapshot;
import io.nbguard.api.snapshot.Snapshot;
import io.nbguard.cli.text.Bar;
import io.nbguard.cli.text.Line;
import io.nbguard.cli.text.Spoken;
import io.nbguard.cli.text.Style;
import io.nbguard.cli.text.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What stands on the screen while notebooks run: memory and processors, and a row for each notebook, ended ones too. */
public final class LiveView {

    private static final int BAR_COLUMNS = 8;

    private LiveView() {}

    /**
     * Returns the lines.
     *
     * @param snapshot the latest tick
     * @param records every execution to show, in the order of the rows
     * @param width columns that a line may take
     */
    public static List<Line> of(Snapshot snapshot, List<ExecutionRecord> records, int width) {
        List<Line> lines = new ArrayList<>();
        lines.add(Line.EMPTY);
        NodeView.budget(snapshot).ifPresent(lines::add);
        lines.add(NodeView.memory(snapshot));
        lines.add(NodeView.processors(snapshot));
        lines.add(NodeView.safety(snapshot.safety()));
        lines.add(Line.EMPTY);
        lines.addAll(table(snapshot, records, width));
        return lines;
    }

    private static List<Line> table(Snapshot snapshot, List<ExecutionRecord> records, int width) {
        Map<ExecutionId, ExecutionSnapshot> live = snapshot.executions().stream()
                .collect(Collectors.toMap(ExecutionSnapshot::id, Function.identity(), (first, second) -> second));
        Table table = new Table()
                .shrinkingText("NOTEBOOK", 12)
                .shrinkingText("STATE", 9)
                .text("CELLS")
                .figures("TIME")
                .figures("MEMORY")
                .optionalFigures("PEAK")
                .optionalFigures("CORES");
        for (ExecutionRecord record : records) {
            ExecutionSnapshot now = live.get(record.id());
            boolean ended = record.state().isEnd();
            Style style = ended ? Style.FAINT : Style.PLAIN;
            table.row(
                    Line.of(record.notebook(), ended ? Style.FAINT : Style.BOLD),
                    Outcome.of(record),
                    cells(now == null || ended ? record.progress() : now.progress()),
                    Line.of(
                            record.lifecycle().startedAt().isEmpty()
                                    ? ""
                                    : Spoken.duration(record.lifecycle().elapsed(Instant.now())),
                            style),
                    Line.of(
                            now == null || ended
                                    ? ""
                                    : Spoken.orUnknown(now.usage().memory().value())),
                    Line.of(peak(record, now), Style.FAINT),
                    Line.of(
                            now == null || ended
                                    ? ""
                                    : Spoken.orUnknown(now.usage()
                                            .cores()
                                            .map(Spoken::cores)
                                            .value())));
        }
        return table.render(width);
    }

    private static String peak(ExecutionRecord record, @Nullable ExecutionSnapshot now) {
        return Stream.of(
                        record.usage().peakMemory(),
                        now == null
                                ? Optional.<ByteSize>empty()
                                : now.usage().peakMemory().value())
                .flatMap(Optional::stream)
                .max(Comparator.naturalOrder())
                .map(ByteSize::toString)
                .orElse("");
    }

    private static Line cells(Progress progress) {
        int total = progress.cellsTotal().orElse(0);
        double done = total == 0 ? 0 : progress.cellsDone() / (double) total;
        return Bar.of(done, BAR_COLUMNS, Style.ACCENT).plus(" " + progress);
    }
}

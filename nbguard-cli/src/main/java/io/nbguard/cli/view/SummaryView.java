package io.nbguard.cli.view;

import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.cli.text.Line;
import io.nbguard.cli.text.Spoken;
import io.nbguard.cli.text.Style;
import io.nbguard.cli.text.Table;
import java.nio.file.Path;
import java.util.List;

/** How several runs went: a row for each. */
public final class SummaryView {

    private SummaryView() {}

    /**
     * Returns the lines.
     *
     * @param records final records
     * @param folder paths below it are shown relative to it
     * @param width columns that a line may take
     */
    public static List<Line> of(List<ExecutionRecord> records, Path folder, int width) {
        Table table = new Table()
                .shrinkingText("NOTEBOOK", 12)
                .text("END")
                .optionalFigures("CELLS")
                .figures("TIME")
                .figures("CPU")
                .figures("PEAK")
                .shrinkingText("OUTPUT", 21);
        for (ExecutionRecord record : records) {
            table.row(
                    Line.of(record.notebook(), Style.BOLD),
                    Outcome.of(record),
                    Line.of(record.progress().toString()),
                    Line.of(Spoken.duration(record.lifecycle().elapsed(null))),
                    Line.of(ResultView.cpu(record)),
                    Line.of(Spoken.orUnknown(record.usage().peakMemory())),
                    Line.of(
                            record.outcome()
                                    .output()
                                    .map(output -> ResultView.shown(output, folder))
                                    .orElse("none"),
                            Style.FAINT));
        }
        return table.render(width);
    }
}

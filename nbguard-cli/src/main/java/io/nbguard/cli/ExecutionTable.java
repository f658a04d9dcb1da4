package io.nbguard.cli;

import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.cli.client.Item;
import io.nbguard.cli.text.Line;
import io.nbguard.cli.text.Spoken;
import io.nbguard.cli.text.Table;
import io.nbguard.cli.view.Outcome;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** Executions as a host reports them, as a table. */
final class ExecutionTable {

    private static final int SHORT_ID = 8;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("MMM d HH:mm:ss", Locale.ROOT);

    private ExecutionTable() {}

    static List<Line> past(List<Item> executions, int width) {
        Table table = new Table()
                .text("ID")
                .shrinkingText("NOTEBOOK", 12)
                .text("RESULT")
                .text("STARTED")
                .figures("TOOK")
                .figures("CELLS")
                .figures("PEAK")
                .shrinkingText("WHY", 10);
        for (Item execution : executions) {
            String why = execution.text("error").isEmpty() ? execution.text("message") : execution.text("error");
            table.row(
                    Line.of(shortId(execution)),
                    Line.of(execution.text("notebook")),
                    result(execution),
                    Line.of(time(execution.text("startedAt"))),
                    Line.of(Spoken.duration(execution.seconds("elapsedSeconds"))),
                    Line.of(execution.cells()),
                    Line.of(Spoken.orUnknown(
                            execution.number("peakMemoryBytes").map(bytes -> ByteSize.ofBytes(bytes.longValue())))),
                    Line.of(firstLine(why)));
        }
        return table.render(width);
    }

    static String shortId(Item execution) {
        String id = execution.text("id");
        return id.length() <= SHORT_ID ? id : id.substring(0, SHORT_ID);
    }

    /** Returns how an execution stands or ended, in the words that all commands use. */
    static Line result(Item execution) {
        try {
            String reason = execution.text("reason");
            return reason.isEmpty()
                    ? Outcome.of(ExecutionState.valueOf(execution.text("state")))
                    : Outcome.of(EndReason.valueOf(reason));
        } catch (IllegalArgumentException e) {
            // A newer host knows more words.
            return Line.of(execution.text("status"));
        }
    }

    /** Returns the first line of a text that gives the reason. */
    static String firstLine(String why) {
        return why.strip().split("\\R", 2)[0];
    }

    static String time(String instant) {
        return instant.isEmpty() ? "-" : TIME.format(Instant.parse(instant).atZone(ZoneId.systemDefault()));
    }
}

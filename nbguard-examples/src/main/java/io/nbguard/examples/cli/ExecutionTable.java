package io.nbguard.examples.cli;

import io.nbguard.api.ByteSize;
import io.nbguard.api.EndReason;
import io.nbguard.api.ExecutionState;
import io.nbguard.examples.client.Item;
import io.nbguard.examples.text.Line;
import io.nbguard.examples.text.Spoken;
import io.nbguard.examples.text.Style;
import io.nbguard.examples.text.Table;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** Executions as a host has told them, as a table. */
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
                    Line.of(ByteSize.ofBytes(execution.whole("peakMemoryBytes")).toString()),
                    Line.of(why.strip().split("\\R", 2)[0]));
        }
        return table.render(width);
    }

    static String shortId(Item execution) {
        String id = execution.text("id");
        return id.length() <= SHORT_ID ? id : id.substring(0, SHORT_ID);
    }

    private static Line result(Item execution) {
        try {
            String reason = execution.text("reason");
            return reason.isEmpty()
                    ? io.nbguard.examples.view.Outcome.of(ExecutionState.valueOf(execution.text("state")))
                    : Line.of(words(EndReason.valueOf(reason)), Style.BAD);
        } catch (IllegalArgumentException e) {
            // A newer host knows more words.
            return Line.of(execution.text("status"));
        }
    }

    private static String words(EndReason reason) {
        return reason == EndReason.WATCHDOG_MEMORY
                ? "ended by watchdog"
                : reason.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    static String time(String instant) {
        return instant.isEmpty() ? "-" : TIME.format(Instant.parse(instant).atZone(ZoneId.systemDefault()));
    }
}

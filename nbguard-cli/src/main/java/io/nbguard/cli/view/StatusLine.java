package io.nbguard.cli.view;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.snapshot.ExecutionSnapshot;
import io.nbguard.api.snapshot.Snapshot;
import io.nbguard.cli.text.Line;
import io.nbguard.cli.text.Spoken;
import io.nbguard.cli.text.Style;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Collectors;

/** One line now and then for a pipe, where nothing can be redrawn. */
public final class StatusLine {

    private StatusLine() {}

    /**
     * Returns the line.
     *
     * @param snapshot the latest tick
     * @param elapsed time since the beginning
     */
    public static Line of(Snapshot snapshot, Duration elapsed) {
        String used = snapshot.budget()
                .map(budget -> budget.used() + " of " + budget.limit() + " budget")
                .orElseGet(() -> NodeView.size(snapshot.node().memoryUnreclaimable()) + " of "
                        + NodeView.size(snapshot.node().memoryLimit()));
        String each = snapshot.executions().stream()
                .sorted(Comparator.comparing(StatusLine::memory).reversed())
                .map(execution -> execution.notebook() + " " + execution.progress() + " "
                        + Spoken.orUnknown(execution.usage().memory().value()))
                .collect(Collectors.joining(", "));
        return Line.of(
                "· " + Spoken.duration(elapsed) + ": memory " + used + (each.isEmpty() ? "" : ": " + each),
                Style.FAINT);
    }

    /** Returns what orders them: those of which it is not known come last. */
    private static ByteSize memory(ExecutionSnapshot execution) {
        return execution.usage().memory().value().orElse(ByteSize.ZERO);
    }
}

package io.nbguard.core.execution;

import io.nbguard.api.measure.Progress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far one execution has come, by what its executor reports, with the last line that its code has written where the executor does
 * not report one itself. Any thread.
 */
final class ShownProgress {

    private static final int LONGEST_LINE = 200;

    private volatile Progress reported;
    private volatile @Nullable String lastLine;

    ShownProgress(Progress before) {
        reported = before;
    }

    /** Takes in what its executor reports. */
    void progressed(Progress now) {
        reported = now;
    }

    /** Takes in what its code has written: the last line of it that is not blank is kept. */
    void wrote(String text) {
        text.lines()
                .filter(line -> !line.isBlank())
                .reduce((earlier, later) -> later)
                .ifPresent(line -> lastLine =
                        line.length() <= LONGEST_LINE ? line.strip() : line.substring(0, LONGEST_LINE) + "…");
    }

    /** Returns both together. */
    Progress now() {
        Progress progress = reported;
        String line = lastLine;
        return line == null || progress.lastLine().isPresent()
                ? progress
                : new Progress(progress.cellsDone(), progress.cellsTotal(), Optional.of(line));
    }
}

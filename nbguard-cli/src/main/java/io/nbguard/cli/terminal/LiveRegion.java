package io.nbguard.cli.terminal;

import io.nbguard.cli.text.Line;
import java.util.ArrayList;
import java.util.List;

/**
 * Lines at the bottom of a terminal that are redrawn in place, while other lines scroll by above them. In a pipe only
 * the lines above are written. Safe for use by many threads.
 */
public final class LiveRegion implements AutoCloseable {

    private static final String UP = "\u001b[%dA";
    private static final String CLEAR_TO_LINE_END = "\u001b[K";
    private static final String CLEAR_BELOW = "\u001b[J";
    private static final String HIDE_CURSOR = "\u001b[?25l";
    private static final String SHOW_CURSOR = "\u001b[?25h";

    private final Terminal terminal;
    private final Thread restoreOnExit;
    private List<Line> shown = List.of();
    private int shownColumns;
    private boolean open;

    /** Begins with no line shown. */
    public LiveRegion(Terminal terminal) {
        this.terminal = terminal;
        restoreOnExit = new Thread(() -> terminal.raw(SHOW_CURSOR), "nbguard-restore-cursor");
        if (terminal.redraws()) {
            Runtime.getRuntime().addShutdownHook(restoreOnExit);
            terminal.raw(HIDE_CURSOR);
            open = true;
        }
    }

    /** Writes a line that stays, above the region. */
    public synchronized void print(Line line) {
        if (!open) {
            terminal.print(line);
            return;
        }
        draw(List.of(line), shown);
    }

    /** Shows these lines instead of those shown before; cut to the screen. */
    public synchronized void show(List<Line> lines) {
        if (open) {
            draw(List.of(), lines);
        }
    }

    /** Takes the region away; what was printed stays. */
    @Override
    public synchronized void close() {
        if (!open) {
            return;
        }
        draw(List.of(), List.of());
        open = false;
        terminal.raw(SHOW_CURSOR);
        try {
            Runtime.getRuntime().removeShutdownHook(restoreOnExit);
        } catch (IllegalStateException e) {
            // The JVM is going down already; the hook does no harm.
            return;
        }
    }

    private void draw(List<Line> above, List<Line> region) {
        int columns = terminal.width();
        int rows = Math.max(1, terminal.height() - 1);
        List<Line> fitting = new ArrayList<>();
        region.stream().limit(rows).forEach(line -> fitting.add(line.fit(columns)));
        StringBuilder text = new StringBuilder();
        if (!shown.isEmpty()) {
            text.append(String.format(UP, shownRows(columns)));
        }
        text.append('\r');
        if (columns != shownColumns) {
            // Rows that were wrapped stay joined in some terminals when they are only overwritten.
            text.append(CLEAR_BELOW);
        }
        // Else overwritten line by line, instead of cleared first: that does not flicker.
        above.forEach(line ->
                text.append(terminal.text(line)).append(CLEAR_TO_LINE_END).append(System.lineSeparator()));
        fitting.forEach(line ->
                text.append(terminal.text(line)).append(CLEAR_TO_LINE_END).append(System.lineSeparator()));
        text.append(CLEAR_BELOW);
        terminal.raw(text.toString());
        shown = fitting;
        shownColumns = columns;
    }

    /**
     * Returns how many rows of the screen the shown lines take. A window that was made narrower since they were drawn has
     * wrapped them.
     */
    private int shownRows(int columns) {
        return shown.stream()
                .mapToInt(line -> Math.max(1, (line.width() + columns - 1) / columns))
                .sum();
    }
}

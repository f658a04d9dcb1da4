package io.nbguard.cli.terminal;

import io.nbguard.cli.text.Line;
import java.util.List;

/** The whole screen, redrawn in place; what stood there before comes back on close. */
public final class FullScreen implements AutoCloseable {

    private static final String ENTER = "\u001b[?1049h\u001b[?25l";
    private static final String LEAVE = "\u001b[?25h\u001b[?1049l";
    private static final String HOME = "\u001b[H";
    private static final String CLEAR_TO_LINE_END = "\u001b[K";
    private static final String CLEAR_BELOW = "\u001b[J";

    private final Terminal terminal;
    private final Thread restoreOnExit;

    /** Takes the screen. */
    public FullScreen(Terminal terminal) {
        this.terminal = terminal;
        restoreOnExit = new Thread(() -> terminal.raw(LEAVE), "nbguard-restore-screen");
        Runtime.getRuntime().addShutdownHook(restoreOnExit);
        terminal.raw(ENTER);
    }

    /** Shows these lines, as many as there is room for. */
    public void show(List<Line> lines) {
        int columns = terminal.width();
        StringBuilder text = new StringBuilder(HOME);
        lines.stream().limit(terminal.height() - 1L).forEach(line -> text.append(terminal.text(line.fit(columns)))
                .append(CLEAR_TO_LINE_END)
                .append(System.lineSeparator()));
        terminal.raw(text.append(CLEAR_BELOW).toString());
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(restoreOnExit);
            terminal.raw(LEAVE);
        } catch (IllegalStateException e) {
            // The JVM is going down already, and its hook gives the screen back.
            return;
        }
    }
}

package io.nbguard.cli.terminal;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** How large the screen is; asked again after the window was resized. Safe for use by many threads. */
public final class TerminalSize {

    private static final int USUAL_COLUMNS = 80;
    private static final int USUAL_ROWS = 24;

    private record Dimensions(int columns, int rows) {}

    private final AtomicBoolean stale;
    private volatile Dimensions dimensions;

    private TerminalSize(Dimensions dimensions, boolean stale) {
        this.dimensions = dimensions;
        this.stale = new AtomicBoolean(stale);
    }

    /** Returns a size that stays. */
    public static TerminalSize fixed(int columns, int rows) {
        return new TerminalSize(new Dimensions(columns, rows), false);
    }

    /** Returns the size of the terminal that controls this process; 80 × 24 if it does not say. */
    public static TerminalSize ofControllingTerminal() {
        TerminalSize size = new TerminalSize(new Dimensions(USUAL_COLUMNS, USUAL_ROWS), true);
        Signals.listen("WINCH", () -> size.stale.set(true));
        return size;
    }

    /** Returns the number of columns. */
    public int columns() {
        return current().columns();
    }

    /** Returns the number of rows. */
    public int rows() {
        return current().rows();
    }

    private Dimensions current() {
        if (stale.compareAndSet(true, false)) {
            dimensions = ask(dimensions);
        }
        return dimensions;
    }

    private static Dimensions ask(Dimensions otherwise) {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            if (!stty.waitFor(1, TimeUnit.SECONDS)) {
                stty.destroyForcibly();
            }
            return parse(answer, otherwise);
        } catch (IOException e) {
            return otherwise;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return otherwise;
        }
    }

    private static Dimensions parse(String rowsAndColumns, Dimensions otherwise) {
        String[] parts = rowsAndColumns.strip().split(" ");
        try {
            int rows = Integer.parseInt(parts[0]);
            int columns = Integer.parseInt(parts[parts.length - 1]);
            // Some terminals answer "0 0" until they know.
            return rows > 0 && columns > 0 ? new Dimensions(columns, rows) : otherwise;
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }
}

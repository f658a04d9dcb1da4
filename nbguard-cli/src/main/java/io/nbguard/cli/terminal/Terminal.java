package io.nbguard.cli.terminal;

import io.nbguard.cli.text.Line;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * One output stream of this process: a terminal, or a pipe or file. Colour and redrawing in place are for terminals only; a
 * pipe gets plain lines. Always UTF-8. Safe for use by many threads.
 */
public final class Terminal {

    private final PrintStream stream;
    private final boolean redraws;
    private final boolean colours;
    private final TerminalSize size;

    /**
     * Makes a terminal over any stream.
     *
     * @param redraws whether the cursor can be moved
     * @param colours whether styles are shown
     */
    public Terminal(PrintStream stream, boolean redraws, boolean colours, TerminalSize size) {
        this.stream = stream;
        this.redraws = redraws;
        this.colours = colours;
        this.size = size;
    }

    /** Returns standard output. */
    public static Terminal standardOutput() {
        return of(FileDescriptor.out, "nbguard.terminal.out");
    }

    /** Returns standard error. */
    public static Terminal standardError() {
        return of(FileDescriptor.err, "nbguard.terminal.err");
    }

    private static Terminal of(FileDescriptor descriptor, String property) {
        boolean terminal = TerminalCheck.isTerminal(property) && movesCursor(System.getenv());
        PrintStream stream = new PrintStream(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
        return new Terminal(
                stream,
                terminal,
                terminal && wantsColour(System.getenv()),
                terminal ? TerminalSize.ofControllingTerminal() : TerminalSize.fixed(Integer.MAX_VALUE, 24));
    }

    static boolean movesCursor(Map<String, String> environment) {
        String term = environment.getOrDefault("TERM", "dumb");
        return !term.isEmpty() && !term.equals("dumb");
    }

    /** See no-color.org: set and not empty means no. */
    static boolean wantsColour(Map<String, String> environment) {
        return environment.getOrDefault("NO_COLOR", "").isEmpty();
    }

    /** Returns whether lines can be redrawn in place. */
    public boolean redraws() {
        return redraws;
    }

    /** Returns whether styles are shown. */
    public boolean colours() {
        return colours;
    }

    /** Returns how many columns a line may take; very many where the output is not a terminal. */
    public int width() {
        return size.columns();
    }

    /** Returns how many rows the screen has. */
    public int height() {
        return size.rows();
    }

    /** Writes a line. */
    public synchronized void print(Line line) {
        stream.println(text(line));
        stream.flush();
    }

    /** Writes lines. */
    public synchronized void print(List<Line> lines) {
        lines.forEach(line -> stream.println(text(line)));
        stream.flush();
    }

    /** Writes an empty line. */
    public void print() {
        print(Line.EMPTY);
    }

    /** Returns whether the reader of this stream has gone. */
    public boolean closedByReader() {
        return stream.checkError();
    }

    /** Writes text as it is: JSON, help, control sequences. */
    public synchronized void raw(String text) {
        stream.print(text);
        stream.flush();
    }

    /** Returns a writer to this terminal. */
    public PrintWriter writer() {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }

    /** Returns the line as this terminal shows it. */
    String text(Line line) {
        return colours ? line.coloured() : line.plain();
    }
}

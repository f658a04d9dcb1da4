package io.nbguard.cli;

import io.nbguard.cli.terminal.Terminal;
import io.nbguard.cli.terminal.TerminalSize;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** A pipe whose reader is the test. */
final class CapturedTerminal {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Terminal terminal = new Terminal(
            new PrintStream(bytes, false, StandardCharsets.UTF_8), false, false, TerminalSize.fixed(100, 24));

    Terminal terminal() {
        return terminal;
    }

    String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}

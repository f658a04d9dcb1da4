package io.nbguard.cli.terminal;

import java.io.Console;

/**
 * Whether a stream is a terminal. The launcher script asks the shell ({@code test -t}) and passes the answer on as a
 * system property; Java itself can only say so for standard input and output together.
 */
final class TerminalCheck {

    private TerminalCheck() {}

    static boolean isTerminal(String property) {
        String setting = System.getProperty(property);
        return setting == null ? console() : setting.equals("true");
    }

    private static boolean console() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            // Since JDK 22 there is a console even where everything is redirected, and this method to distinguish it.
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }
}

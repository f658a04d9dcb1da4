package io.nbguard.cli;

import io.nbguard.api.GuardException;
import io.nbguard.cli.terminal.Terminal;
import io.nbguard.cli.text.Line;
import io.nbguard.cli.text.Style;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** What a person reads when a command cannot do what was asked: one line on standard error, and what to try. */
final class CommandErrors {

    private CommandErrors() {}

    static CommandLine handledBy(Surroundings surroundings, CommandLine commandLine) {
        Terminal err = surroundings.err();
        return commandLine
                .setParameterExceptionHandler((exception, arguments) -> {
                    CommandLine failed = exception.getCommandLine();
                    String command = failed.getCommandSpec().qualifiedName();
                    if (arguments.length == 0) {
                        err.raw(failed.getUsageMessage());
                        return ExitCodes.USAGE;
                    }
                    complain(err, command, String.valueOf(exception.getMessage()));
                    err.print(Line.of("See '" + command + " --help'.", Style.FAINT));
                    return ExitCodes.USAGE;
                })
                .setExecutionExceptionHandler((exception, failed, parsed) -> {
                    String command = failed.getCommandSpec().qualifiedName();
                    if (exception instanceof GuardException known) {
                        complain(err, command, String.valueOf(known.getMessage()));
                        return exitCode(known);
                    }
                    if (exception instanceof InterruptedException) {
                        complain(err, command, "interrupted before anything was started");
                        return ExitCodes.INTERRUPTED;
                    }
                    complain(err, command, "a defect of nbguard, please report it with what follows: " + exception);
                    StringWriter trace = new StringWriter();
                    exception.printStackTrace(new PrintWriter(trace));
                    err.raw(trace.toString());
                    return ExitCodes.FAILED;
                });
    }

    private static int exitCode(GuardException exception) {
        return switch (exception.code()) {
            case INVALID_REQUEST, NOT_FOUND -> ExitCodes.USAGE;
            case ILLEGAL_STATE, OVERLOADED, UNSUPPORTED, ENVIRONMENT, PLUGIN, INTERNAL -> ExitCodes.FAILED;
        };
    }

    private static void complain(Terminal err, String command, String message) {
        String[] lines = message.strip().split("\\R");
        err.print(Line.of(command + ": ", Style.BAD).plus(lines[0]));
        for (int i = 1; i < lines.length; i++) {
            err.print(Line.of(lines[i]));
        }
    }
}

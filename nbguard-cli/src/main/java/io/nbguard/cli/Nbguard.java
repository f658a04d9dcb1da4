package io.nbguard.cli;

import io.nbguard.cli.terminal.Interruption;
import io.nbguard.cli.terminal.Terminal;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code nbguard} command. */
@Command(
        name = "nbguard",
        description = "Runs Jupyter notebooks unattended, many on one box, without any of them taking the box down.",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        synopsisHeading = "Usage: ",
        descriptionHeading = "%n",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            ServeCommand.class,
            ScheduleCommand.class,
            HistoryCommand.class,
            PsCommand.class,
            StopCommand.class,
            LogsCommand.class,
            TopCommand.class,
            LimitsCommand.class,
            DoctorCommand.class,
            CommandLine.HelpCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  nbguard demo                                 see it work, in half a minute",
            "  nbguard run report.ipynb -p year 2026        run one notebook",
            "  nbguard serve                                a page to start, schedule and watch them",
            "  nbguard top                                  watch, from any other terminal",
            "  nbguard doctor                               what this machine offers, and what is amiss",
            "",
            "'nbguard help COMMAND' shows more about a command."
        })
public final class Nbguard {

    private Nbguard() {}

    /** Runs the command and ends the JVM with its exit code. */
    public static void main(String[] arguments) {
        // Before anything else is loaded: that would fail with a class name that does not help the user.
        OpenFiles.problem().ifPresent(problem -> {
            System.err.println("nbguard: " + problem);
            System.exit(ExitCodes.FAILED);
        });
        Interruption interruption = new Interruption().listen();
        Surroundings surroundings = new Surroundings(
                Terminal.standardOutput(),
                Terminal.standardError(),
                interruption,
                Path.of("").toAbsolutePath());
        int code = run(surroundings, arguments);
        System.exit(interruption.exitCode().orElse(code));
    }

    /** Runs the command; returns its exit code. */
    static int run(Surroundings surroundings, String... arguments) {
        return commandLine(surroundings).execute(arguments);
    }

    static CommandLine commandLine(Surroundings surroundings) {
        CommandLine all = new CommandLine(new Nbguard(), new Commands(surroundings));
        all.getSubcommands().values().forEach(HelpText::layOut);
        return CommandErrors.handledBy(surroundings, all)
                // A value may look like an option: -p shift -5.
                .setAllowOptionsAsOptionParameters(true)
                // A value may begin with @.
                .setExpandAtFiles(false)
                .setAbbreviatedOptionsAllowed(false)
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        surroundings.out().colours() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF))
                .setUsageHelpWidth(Math.max(72, Math.min(100, surroundings.out().width())))
                .setUsageHelpLongOptionsMaxWidth(30)
                .setHelpFactory(HelpText::new)
                .setOut(surroundings.out().writer())
                .setErr(surroundings.err().writer());
    }
}

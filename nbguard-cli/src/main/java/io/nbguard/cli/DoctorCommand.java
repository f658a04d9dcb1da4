package io.nbguard.cli;

import io.nbguard.cli.terminal.Terminal;
import io.nbguard.cli.text.Line;
import io.nbguard.cli.text.Paragraph;
import io.nbguard.cli.text.Style;
import io.nbguard.core.plugin.FoundPlugin;
import io.nbguard.core.plugin.Plugins;
import io.nbguard.server.version.NbguardVersion;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.executor.Readiness;
import io.nbguard.spi.executor.Readiness.Check;
import io.nbguard.spi.executor.Readiness.Level;
import java.io.IOException;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code nbguard doctor}: what this machine offers, what is amiss, and the cure. */
@Command(
        name = "doctor",
        header = "See what this machine offers, and what is amiss.",
        description = "Looks at Java, Python, papermill, the node and the permissions, says what is amiss and how to"
                + " cure it. Changes nothing.",
        mixinStandardHelpOptions = true,
        exitCodeList = {
            "  0:notebooks can be run and watched here",
            "  1:they cannot; the cure is printed",
            ExitCodes.USAGE_MEANS
        })
final class DoctorCommand implements Callable<Integer> {

    private static final int TITLE_COLUMNS = 18;

    private final Surroundings surroundings;

    @Option(
            names = "--json",
            description =
                    "Prints one JSON object: ok, version, checks (title, level, finding, cure), plugins (kind, name,"
                            + " className, problem).")
    boolean json;

    @Mixin
    SettingOptions options = new SettingOptions();

    DoctorCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException {
        Plugins plugins = Plugins.discover();
        PluginConfig settings = options.read(surroundings.folder(), List.of());
        Readiness readiness = new Examination(plugins, settings, surroundings.folder()).checks();
        if (json) {
            surroundings.out().raw(DoctorJson.of(NbguardVersion.text(), readiness, plugins.all()));
            surroundings.out().print();
        } else {
            show(readiness, plugins.all());
        }
        return readiness.usable() ? ExitCodes.OK : ExitCodes.FAILED;
    }

    private void show(Readiness readiness, List<FoundPlugin> plugins) throws IOException {
        Terminal out = surroundings.out();
        out.print(Line.of("nbguard " + NbguardVersion.text(), Style.BOLD).plus(" looks at this machine"));
        out.print();
        for (Check check : readiness.checks()) {
            Line title = mark(check.level())
                    .plus(" ")
                    .plus(Line.of(check.title(), Style.BOLD).padEnd(TITLE_COLUMNS));
            out.print(Paragraph.hanging(title, check.finding(), Style.PLAIN, out.width()));
            if (!check.cure().isEmpty()) {
                Line arrow = Line.of(" ".repeat(TITLE_COLUMNS + 2) + "→ ");
                out.print(Paragraph.hanging(arrow, check.cure(), cure(check.level()), out.width()));
            }
        }
        out.print();
        plugins.stream()
                .collect(Collectors.groupingBy(FoundPlugin::kind, TreeMap::new, Collectors.toList()))
                .forEach((kind, found) -> out.print(Paragraph.hanging(
                        Line.of("  " + (kind.title() + "s").replace("ys", "ies"), Style.FAINT)
                                .padEnd(TITLE_COLUMNS + 2),
                        found.stream().map(DoctorCommand::name).collect(Collectors.joining(", ")),
                        Style.PLAIN,
                        out.width())));
        out.print();
        out.print(conclusion(readiness));
    }

    private static String name(FoundPlugin plugin) {
        return plugin.name().orElse(plugin.className())
                + plugin.problem()
                        .map(problem -> " (not usable: " + problem + ")")
                        .orElse("");
    }

    private static Line conclusion(Readiness readiness) {
        long problems = count(readiness, Level.PROBLEM);
        long advice = count(readiness, Level.ADVICE);
        if (problems > 0) {
            return Line.of("Notebooks cannot be run here yet: ", Style.BAD)
                    .plus(problems == 1 ? "one problem" : problems + " problems")
                    .plus(" to solve, marked ✗.");
        }
        return Line.of("Notebooks can be run and watched here.", Style.GOOD)
                .plus(advice == 0 ? "" : " What could be better is marked !.");
    }

    private static long count(Readiness readiness, Level level) {
        return readiness.checks().stream()
                .filter(check -> check.level() == level)
                .count();
    }

    private static Line mark(Level level) {
        return switch (level) {
            case OK -> Line.of("✓", Style.GOOD);
            case ADVICE -> Line.of("!", Style.WARNING);
            case PROBLEM -> Line.of("✗", Style.BAD);
        };
    }

    private static Style cure(Level level) {
        return level == Level.PROBLEM ? Style.PLAIN : Style.FAINT;
    }
}

package io.nbguard.cli;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.cli.terminal.Terminal;
import io.nbguard.cli.text.Line;
import io.nbguard.cli.text.Style;
import io.nbguard.cli.text.Table;
import io.nbguard.cli.view.ResultView;
import io.nbguard.cli.view.SummaryView;
import io.nbguard.core.NotebookGuard;
import io.nbguard.core.NotebookWatch;
import io.nbguard.server.json.EndText;
import io.nbguard.server.notebook.LastOutput;
import io.nbguard.spi.PluginConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code nbguard demo}: the main job on real notebooks, one of which would take all memory if it were not ended. */
@Command(
        name = "demo",
        header = "See it work, in half a minute.",
        description =
                "Runs six bundled notebooks side by side under a small memory budget: 1500m, less on a small machine."
                        + " One of them takes more memory every second, for ever; the watchdog ends it, and the others"
                        + " complete.",
        mixinStandardHelpOptions = true,
        exitCodeList = {
            "  0:the hog was ended by nbguard, and all others completed",
            "  1:something else happened; it is printed",
            ExitCodes.USAGE_MEANS,
            ExitCodes.INTERRUPTED_MEANS
        })
final class DemoCommand implements Callable<Integer> {

    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    private final Surroundings surroundings;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FOLDER",
            description =
                    "A new folder for the notebooks and their outputs. Default: nbguard-demo-{time} in the current"
                            + " folder.")
    @Nullable Path output;

    @Mixin
    BudgetOption memoryBudget = new BudgetOption();

    @Mixin
    SettingOptions options = new SettingOptions();

    DemoCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        Terminal out = surroundings.out();
        PluginConfig read = options.read(surroundings.folder(), List.of());
        DemoPlan plan = plan(read);
        Path folder = newFolder();
        DemoNotebooks.copyTo(folder.resolve("notebooks"));
        introduce(out, plan);
        PluginConfig settings = PythonPreparation.prepare(read, out, surroundings.interruption());

        List<ExecutionRecord> records;
        try (Watching watching = new Watching(out, surroundings.interruption(), Watching.Detail.ALL);
                NotebookGuard guard = NotebookGuard.builder()
                        .notebooks(folder.resolve("notebooks"))
                        .outputs(folder.resolve("outputs"))
                        .storage(s -> s.outputTemplate("{name}.ipynb"))
                        .memoryBudget(plan.budget())
                        .maxConcurrent(plan.atOnce())
                        .lifecycle(l -> l.announce(true).shutdownHook(true))
                        .listener(watching)
                        .plugins(p -> settings.values().forEach(p::configure))
                        .build()) {
            List<Execution> executions =
                    plan.requests().stream().map(guard::run).toList();
            records = watching.untilEnded(guard, executions);
        }
        conclude(out, records, folder);
        if (surroundings.interruption().exitCode().isPresent()) {
            return ExitCodes.INTERRUPTED;
        }
        List<String> amiss = amiss(records);
        amiss.forEach(line ->
                surroundings.err().print(Line.of("nbguard demo: ", Style.BAD).plus(line)));
        return amiss.isEmpty() ? ExitCodes.OK : ExitCodes.FAILED;
    }

    private DemoPlan plan(PluginConfig settings) {
        try (NotebookWatch watch = NotebookWatch.open(Duration.ofSeconds(1), settings)) {
            return DemoPlan.of(memoryBudget.size, watch.snapshot().node());
        }
    }

    private static void introduce(Terminal out, DemoPlan plan) {
        out.print(Line.of("nbguard demo", Style.BOLD));
        out.print(Line.of("Six notebooks run side by side; together they may hold " + plan.budget() + " of memory."));
        out.print(Line.of("Five compute something. The sixth, hog.ipynb, takes 100 MiB more every second,"));
        out.print(Line.of("for ever, and would take the machine down. Watch nbguard end it, and only it."));
        out.print();
    }

    private void conclude(Terminal out, List<ExecutionRecord> records, Path folder) {
        out.print();
        out.print(Line.of("What became of them, in ")
                .plus(ResultView.shown(folder, surroundings.folder()), Style.BOLD)
                .plus(":"));
        out.print(SummaryView.of(records, folder, out.width()));
        if (surroundings.interruption().exitCode().isPresent()) {
            return;
        }
        out.print();
        out.print(Line.of("What they computed:"));
        out.print(results(records, out.width()));
        if (amiss(records).isEmpty()) {
            out.print();
            out.print(Line.of("✓ The watchdog ended " + DemoNotebooks.HOG + " in time", Style.GOOD)
                    .plus("; all others completed."));
            out.print(Line.of("  Every output is kept, the hog's as far as it came. Memory that the processes of"));
            out.print(Line.of("  workers.ipynb share counts once, in the peaks as for the watchdog."));
            out.print();
            out.print(Line.of("Now run one of your own:     ")
                    .plus("nbguard run your.ipynb --memory-budget 2g", Style.BOLD));
            out.print(Line.of("and from another terminal:   ").plus("nbguard top", Style.BOLD));
        }
    }

    private static List<Line> results(List<ExecutionRecord> records, int width) {
        Table table = new Table().text("").shrinkingText("", 20);
        for (ExecutionRecord record : records) {
            if (record.state() == ExecutionState.COMPLETED) {
                record.outcome()
                        .output()
                        .flatMap(LastOutput::of)
                        .ifPresent(text -> table.row(Line.of("  " + record.notebook()), Line.of(text, Style.ACCENT)));
            }
        }
        List<Line> lines = table.render(width);
        return lines.subList(1, lines.size());
    }

    /** Returns what did not go as it should; nothing if all went well. */
    private static List<String> amiss(List<ExecutionRecord> records) {
        List<String> amiss = new ArrayList<>();
        for (ExecutionRecord record : records) {
            String how = EndText.why(record).map(text -> ": " + text).orElse("");
            if (record.notebook().equals(DemoNotebooks.HOG)) {
                if (record.outcome()
                        .reason()
                        .filter(EndReason.WATCHDOG_MEMORY::equals)
                        .isEmpty()) {
                    amiss.add(
                            "the watchdog should have ended " + record.notebook() + ", but it " + ended(record) + how);
                }
            } else if (record.state() != ExecutionState.COMPLETED) {
                amiss.add(record.notebook() + " should have completed, but it " + ended(record) + how);
            }
        }
        return amiss;
    }

    private static String ended(ExecutionRecord record) {
        return "ended " + record.state()
                + record.outcome().reason().map(reason -> " (" + reason + ")").orElse("");
    }

    private Path newFolder() throws IOException {
        if (output != null) {
            Path folder = surroundings.folder().resolve(output);
            if (Files.exists(folder)) {
                throw new GuardException(
                        ErrorCode.INVALID_REQUEST, folder + " is there already: give a folder that can be made");
            }
            return Files.createDirectories(folder);
        }
        String name = "nbguard-demo-" + STAMP.format(LocalDateTime.now());
        if (Files.isWritable(surroundings.folder())) {
            return Files.createDirectory(surroundings.folder().resolve(name));
        }
        return Files.createTempDirectory(name);
    }
}

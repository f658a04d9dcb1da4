package io.nbguard.cli;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.cli.terminal.Terminal;
import io.nbguard.cli.view.ResultView;
import io.nbguard.core.NotebookGuard;
import io.nbguard.server.json.ExecutionJson;
import io.nbguard.spi.PluginConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nbguard run}: one notebook, watched, with its result as text, JSON and exit code. */
@Command(
        name = "run",
        header = "Run one notebook, watched.",
        customSynopsis = "nbguard run [OPTIONS] NOTEBOOK",
        description = {
            "Runs one notebook with papermill, watched: when memory runs out, the watchdog ends the notebook before the"
                    + " kernel's OOM killer takes something else. The executed notebook is kept, a partial one too."
        },
        mixinStandardHelpOptions = true,
        exitCodeList = {
            ExitCodes.OK_MEANS,
            ExitCodes.FAILED_MEANS,
            ExitCodes.USAGE_MEANS,
            ExitCodes.WATCHDOG_MEANS,
            ExitCodes.TIMED_OUT_MEANS,
            ExitCodes.INTERRUPTED_MEANS
        },
        footer = {
            "  nbguard run report.ipynb -p year 2026 -p regions '[\"north\", \"south\"]'",
            "  nbguard run report.ipynb -f params.json -o out/report.ipynb --timeout 10m",
            "  nbguard run report.ipynb --json | jq .state",
            "  nbguard run -- -odd-name.ipynb"
        })
final class RunCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Parameters(index = "0", paramLabel = "NOTEBOOK", description = "The notebook to run.")
    Path notebook = Path.of("");

    @Mixin
    RequestOptions requested = new RequestOptions();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "OUT",
            description = "The file (or an existing folder) for the executed notebook. A file that is there already is"
                    + " kept, the new one gets a suffix. Default: {name}_exec_{UTC time}_{short id}.ipynb in the current"
                    + " folder.")
    @Nullable Path output;

    @Option(
            names = {"-k", "--kernel"},
            paramLabel = "NAME",
            description = "The Jupyter kernel to use. Default: the one that the notebook names.")
    @Nullable String kernel;

    @Option(
            names = "--cwd",
            paramLabel = "FOLDER",
            description = "The folder that the notebook's code runs in. Default: the folder that the notebook is in.")
    @Nullable Path workingDirectory;

    @Option(
            names = {"-e", "--env"},
            paramLabel = "NAME=VALUE",
            description = "Adds an environment variable for the notebook. Can be repeated.")
    Map<String, String> environment = new LinkedHashMap<>();

    @Option(
            names = "--json",
            description =
                    "Prints exactly one JSON object on standard output, once the notebook has ended: id, notebook,"
                            + " state, reason, exitCode, output, startedAt, endedAt, peakMemoryBytes, cpuSeconds, cellsDone,"
                            + " cellsTotal, executor, error. Nothing is printed there when the input is bad (exit code 2).")
    boolean json;

    @Mixin
    GuardOptions options = new GuardOptions();

    RunCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        NotebookFile file = NotebookFile.of(notebook, surroundings.folder());
        ExecutionRequest request = request(file);
        Terminal shown = json ? surroundings.err() : surroundings.out();
        // A reader of JSON from a pipe gets a silent standard error too, but for kills.
        Watching.Detail detail = json && !shown.redraws() ? Watching.Detail.KILLS : Watching.Detail.UNTIL_END;
        ExecutionRecord record;
        try {
            PluginConfig settings = PythonPreparation.prepare(
                    options.settings(surroundings.folder()), shown, surroundings.interruption());
            record = run(file, request, settings, shown, detail);
        } catch (GuardException e) {
            if (json && e.code() == ErrorCode.ENVIRONMENT) {
                surroundings.out().raw(ExecutionJson.notStarted(file.name(), String.valueOf(e.getMessage())));
                surroundings.out().print();
            }
            throw e;
        }
        if (json) {
            surroundings.out().raw(ExecutionJson.of(record));
            surroundings.out().print();
        } else {
            shown.print(ResultView.of(record, surroundings.folder()));
        }
        return ExitCodes.of(record);
    }

    private ExecutionRecord run(
            NotebookFile file, ExecutionRequest request, PluginConfig settings, Terminal shown, Watching.Detail detail)
            throws InterruptedException {
        try (Watching watching = new Watching(shown, surroundings.interruption(), detail);
                NotebookGuard guard = options.applyTo(NotebookGuard.builder(), settings)
                        .notebooks(file.folder())
                        .outputs(outputFolder())
                        .listener(watching)
                        .build()) {
            return watching.untilEnded(guard, List.of(guard.run(request))).get(0);
        }
    }

    private ExecutionRequest request(NotebookFile file) {
        try {
            ExecutionRequest.Builder builder = ExecutionRequest.of(file.name());
            builder.parameters(requested.parameters(surroundings.folder()))
                    .allowUnknownParameters(requested.allowUnknownParameters)
                    .limits(requested.limits.limits(surroundings.folder()));
            environment.forEach(builder::environment);
            if (requested.timeout != null) {
                builder.timeout(requested.timeout);
            }
            if (requested.executor != null) {
                builder.executor(requested.executor);
            }
            if (kernel != null) {
                builder.kernel(kernel);
            }
            if (workingDirectory != null) {
                builder.workingDirectory(folder(workingDirectory));
            }
            if (output != null && !Files.isDirectory(surroundings.folder().resolve(output))) {
                builder.output(surroundings.folder().resolve(output));
            }
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw new GuardException(ErrorCode.INVALID_REQUEST, String.valueOf(e.getMessage()), e);
        }
    }

    private Path folder(Path given) {
        Path folder = surroundings.folder().resolve(given);
        if (!Files.isDirectory(folder)) {
            throw new GuardException(ErrorCode.INVALID_REQUEST, "--cwd " + given + " is not a folder");
        }
        return folder;
    }

    /** An existing folder given by -o takes the output under its usual name. */
    private Path outputFolder() {
        Path given = output == null ? null : surroundings.folder().resolve(output);
        return given != null && Files.isDirectory(given) ? given : surroundings.folder();
    }
}

package io.nbguard.papermill;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.papermill.notebook.Outline;
import io.nbguard.papermill.notebook.OutlineReader;
import io.nbguard.papermill.notebook.ParameterNames;
import io.nbguard.papermill.python.PythonFinder;
import io.nbguard.papermill.run.PapermillRun;
import io.nbguard.papermill.run.PapermillSettings;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.Setting;
import io.nbguard.spi.executor.ExecutionHandle;
import io.nbguard.spi.executor.Executor;
import io.nbguard.spi.executor.ExecutorCapabilities;
import io.nbguard.spi.executor.ExecutorSession;
import io.nbguard.spi.executor.LaunchContext;
import io.nbguard.spi.executor.LaunchedExecution;
import io.nbguard.spi.executor.Readiness;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Stream;

/**
 * Executes notebooks with papermill on this machine.
 *
 * <p>Settings: see {@link #settings}.
 *
 * <p>The notebook inherits this JVM's environment without {@code NBGUARD_*}, {@code PYTHONHOME} and another virtual
 * environment, with {@code TMPDIR} and {@code JUPYTER_RUNTIME_DIR} in the execution's temporary folder, and with its limits
 * ({@link io.nbguard.api.resource.Allocation#environment}; a variable that the host or the request sets stays). It has no terminal
 * and nothing on standard input. Progress counts the cells that completed, as in the notebook, markdown cells too; it has no
 * last line of output, since papermill shows outputs only by printing all of them.
 */
public final class PapermillExecutor implements Executor {

    /** For the service loader. */
    public PapermillExecutor() {}

    @Override
    public String name() {
        return "nbguard-papermill";
    }

    @Override
    public List<Setting<?>> settings() {
        return Stream.concat(PythonFinder.SETTINGS.stream(), PapermillSettings.SETTINGS.stream())
                .toList();
    }

    @Override
    public Readiness check(PluginConfig configuration) {
        try {
            PapermillSettings.of(configuration);
        } catch (GuardException invalid) {
            return new Readiness(List.of(new Readiness.Check(
                    "settings", Readiness.Level.PROBLEM, String.valueOf(invalid.getMessage()), "change it")));
        }
        return new PythonFinder().check(configuration);
    }

    @Override
    public Optional<Set<String>> parameterNames(Path notebook) {
        return ParameterNames.of(notebook);
    }

    @Override
    public ExecutorCapabilities capabilities(PluginConfig configuration) {
        return ExecutorCapabilities.local(ExecutorCapabilities.Feature.RECOVER);
    }

    @Override
    public ExecutorSession open(PluginConfig configuration, ThreadFactory threads) {
        return new Session();
    }

    /** Launches papermill; executions share nothing. */
    private static final class Session implements ExecutorSession {

        @Override
        public LaunchedExecution launch(ExecutionRequest request, LaunchContext context) throws InterruptedException {
            Outline outline = OutlineReader.read(context.notebook());
            if (request.workingDirectory().isPresent()
                    && !Files.isDirectory(request.workingDirectory().get())) {
                throw new GuardException(
                        ErrorCode.INVALID_REQUEST,
                        "working directory " + request.workingDirectory().get() + " is not a folder");
            }
            // Before an environment is made, which may take a minute.
            PapermillRun.checkParameters(request);
            Path interpreter = new PythonFinder().find(request.python(), context.configuration(), context::note);
            try {
                return PapermillRun.start(request, context, outline, interpreter, System.getenv());
            } catch (ClosedByInterruptException e) {
                throw new InterruptedException("interrupted while starting papermill");
            } catch (IOException e) {
                throw new GuardException(
                        ErrorCode.ENVIRONMENT, "papermill could not be started with " + interpreter + ": " + e, e);
            }
        }

        @Override
        public Optional<LaunchedExecution> recover(
                ExecutionHandle handle, ExecutionRequest request, LaunchContext context) {
            if (handle.version() != PapermillRun.HANDLE_VERSION) {
                throw new GuardException(
                        ErrorCode.UNSUPPORTED,
                        "its handle has version " + handle.version() + ", and this nbguard-papermill reads version "
                                + PapermillRun.HANDLE_VERSION);
            }
            try {
                return Optional.of(PapermillRun.recover(context));
            } catch (IOException e) {
                throw new GuardException(
                        ErrorCode.ENVIRONMENT, "what its papermill has left could not be understood: " + e, e);
            }
        }
    }
}

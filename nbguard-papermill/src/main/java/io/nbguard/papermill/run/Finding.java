package io.nbguard.papermill.run;

import io.nbguard.api.execution.EndReason;
import io.nbguard.papermill.launch.PythonEnd;
import io.nbguard.papermill.notebook.Evidence;
import io.nbguard.papermill.notebook.PlainText;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the evidence of a run points to. Pure; see {@link io.nbguard.spi.executor.ExitReport}.
 *
 * @param failure the kind of failure; empty if nothing points to one, or nothing says which
 * @param error the error for a person; empty if there is none
 */
record Finding(Optional<EndReason> failure, Optional<String> error) {

    private static final int LONGEST_ERROR = 2400;
    private static final int DEAD_KERNEL = 138;
    private static final Finding SUCCESS = new Finding(Optional.empty(), Optional.empty());
    private static final Pattern ERROR_LINE = Pattern.compile("[A-Za-z_][\\w.]*(?:Error|Exception|Exit)\\b.*");
    private static final Map<Integer, String> SIGNALS =
            Map.of(1, "SIGHUP", 2, "SIGINT", 3, "SIGQUIT", 6, "SIGABRT", 9, "SIGKILL", 11, "SIGSEGV", 15, "SIGTERM");

    /**
     * What there is to look at.
     *
     * @param end how papermill ended
     * @param begun whether a cell began
     * @param script what our script reported
     * @param evidence what the executed notebook shows
     * @param tail the last lines on the console
     * @param kernel the kernel that was asked for
     * @param interpreter the Python that was used
     */
    record Scene(
            PythonEnd end,
            boolean begun,
            ScriptReport script,
            Evidence evidence,
            List<String> tail,
            String kernel,
            Path interpreter) {

        /** Returns whether our script reports a success, and the executed notebook shows no cell that failed. */
        boolean isSuccess() {
            return (script.isComplete() || script.exit().isPresent())
                    && script.error().isEmpty()
                    && evidence.failed().isEmpty();
        }
    }

    /** Looks at all of it. */
    static Finding of(Scene scene) {
        PythonEnd end = scene.end();
        if (end.problem().isPresent()) {
            String why = lastLine(scene.tail()).map(line -> ": " + line).orElse("");
            String what = scene.interpreter() + " did not run to its end, "
                    + end.problem().get() + why;
            // No cell has failed: something else ended the processes, the kernel's OOM killer for instance.
            return found(scene.begun() ? EndReason.KERNEL_DIED : EndReason.START_FAILED, what);
        }
        if (end.signal().isPresent()) {
            int signal = end.signal().getAsInt();
            return found(null, "papermill was ended by " + SIGNALS.getOrDefault(signal, "signal " + signal));
        }
        int code = end.exitCode().orElse(1);
        if (code == 0) {
            return scene.isSuccess() ? SUCCESS : doubted(scene);
        }
        if (code == DEAD_KERNEL && scene.begun()) {
            OptionalInt last = scene.script().lastBegun().isPresent()
                    ? scene.script().lastBegun()
                    : scene.evidence().lastBegun();
            return found(
                    EndReason.KERNEL_DIED, "the kernel died" + (last.isPresent() ? " in cell " + last.getAsInt() : ""));
        }
        Optional<ScriptFailure> failure = scene.script().failure();
        if (failure.filter(ended -> ended.type().equals("Abort")).isPresent()) {
            // That is SIGINT. The cell that ran may or may not show a KeyboardInterrupt.
            return found(EndReason.EXECUTOR_FAILED, "papermill was interrupted");
        }
        if (cellError(scene).isPresent()) {
            return found(EndReason.CELL_ERROR, cellError(scene).get().describe());
        }
        if (!scene.begun()) {
            return found(EndReason.START_FAILED, startFailure(scene, code));
        }
        return found(
                EndReason.EXECUTOR_FAILED,
                failure.filter(ScriptFailure::isNotWritten)
                        .map(ScriptFailure::describe)
                        .orElseGet(() -> "papermill failed: " + anyFailure(scene, code)));
    }

    private static Optional<Evidence.CellError> cellError(Scene scene) {
        return scene.script().error().or(scene.evidence()::error);
    }

    /** Papermill ended well, but it is not known that the notebook did: papermill before 2.6 takes a failing magic for a success. */
    private static Finding doubted(Scene scene) {
        ScriptReport script = scene.script();
        if (script.error().isPresent()) {
            return found(EndReason.CELL_ERROR, script.error().get().describe());
        }
        OptionalInt failed = scene.evidence().failed();
        if (failed.isPresent()) {
            return found(
                    EndReason.CELL_ERROR,
                    scene.evidence()
                            .error()
                            .map(Evidence.CellError::describe)
                            .orElse("cell " + failed.getAsInt() + " failed and left no error: see its output"));
        }
        if (script.total().isPresent()) {
            return found(
                    EndReason.EXECUTOR_FAILED,
                    "papermill ended with exit code 0, but only " + script.done() + " of "
                            + script.total().getAsInt() + " cells have completed");
        }
        return SUCCESS;
    }

    private static String startFailure(Scene scene, int code) {
        if (scene.script().failure().isEmpty()) {
            return "papermill did not start: " + anyFailure(scene, code);
        }
        ScriptFailure failure = scene.script().failure().get();
        String python = scene.interpreter().toString();
        switch (failure.type()) {
            case "NoSuchKernel" -> {
                String installed =
                        failure.kernels().filter(names -> !names.isEmpty()).orElse("none");
                return "kernel '" + scene.kernel() + "' is not installed for " + python + "; installed: " + installed
                        + (installed.equals("none")
                                ? ". Install one: " + python + " -m pip install ipykernel"
                                : ". Choose one of these in the request, or install it");
            }
            case "ModuleNotFoundError" -> {
                String module = failure.module().orElse("a module");
                return python + " has no " + module + ". Install it: " + python
                        + " -m pip install papermill ipykernel; or let nbguard make its own environment, by naming no"
                        + " Python";
            }
            default -> {
                if (failure.message().contains("before replying to kernel_info")) {
                    return "kernel '" + scene.kernel() + "' died while starting"
                            + kernelsOwnError(scene.tail(), failure)
                                    .map(line -> ": " + line)
                                    .orElse("");
                }
                if (failure.message().contains("Kernel didn't respond in")) {
                    return "kernel '" + scene.kernel() + "' did not start in time: " + failure.message() + ". "
                            + PapermillSettings.KERNEL_TIMEOUT + " (nbguard run --kernel-timeout) gives it longer";
                }
                return failure.isNotWritten()
                        ? failure.describe()
                        : "papermill did not start the notebook: " + anyFailure(scene, code);
            }
        }
    }

    /** Returns the last error on the console that is not papermill's own. */
    private static Optional<String> kernelsOwnError(List<String> tail, ScriptFailure failure) {
        return tail.stream()
                .filter(line -> ERROR_LINE.matcher(line).matches())
                .filter(line -> !line.startsWith(failure.type() + ":"))
                .reduce((first, second) -> second);
    }

    private static String anyFailure(Scene scene, int code) {
        return scene.script()
                .failure()
                .map(ScriptFailure::describe)
                .or(() -> lastLine(scene.tail()))
                .orElse("exit code " + code + " and no message");
    }

    private static Optional<String> lastLine(List<String> tail) {
        return tail.stream().filter(line -> !line.isBlank()).reduce((first, second) -> second);
    }

    private static Finding found(@Nullable EndReason failure, String error) {
        return new Finding(Optional.ofNullable(failure), Optional.of(PlainText.of(error, LONGEST_ERROR)));
    }
}

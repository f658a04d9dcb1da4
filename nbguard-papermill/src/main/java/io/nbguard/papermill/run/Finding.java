package io.nbguard.papermill.run;

import io.nbguard.api.EndReason;
import io.nbguard.papermill.launch.PythonEnd;
import io.nbguard.papermill.notebook.Evidence;
import io.nbguard.papermill.notebook.PlainText;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the evidence of a run points to. Pure; see {@link io.nbguard.spi.ExitReport}.
 *
 * @param failure the kind of failure; empty if nothing points to one, or nothing says which
 * @param error the error for a person; empty if there is none
 */
record Finding(Optional<EndReason> failure, Optional<String> error) {

    private static final int LONGEST_ERROR = 2000;
    private static final int DEAD_KERNEL = 138;
    private static final Pattern ERROR_LINE = Pattern.compile("[A-Za-z_][\\w.]*(?:Error|Exception|Exit)\\b.*");
    private static final Map<Integer, String> SIGNALS =
            Map.of(1, "SIGHUP", 2, "SIGINT", 3, "SIGQUIT", 6, "SIGABRT", 9, "SIGKILL", 11, "SIGSEGV", 15, "SIGTERM");

    /**
     * What there is to look at.
     *
     * @param end how papermill ended
     * @param begun whether a cell began
     * @param evidence what the executed notebook shows
     * @param failure papermill's own exception
     * @param tail the last lines on the console
     * @param kernel the kernel that was asked for
     * @param interpreter the Python that was used
     */
    record Scene(
            PythonEnd end,
            boolean begun,
            Evidence evidence,
            Optional<ScriptFailure> failure,
            List<String> tail,
            String kernel,
            Path interpreter) {}

    /** Looks at all of it. */
    static Finding of(Scene scene) {
        PythonEnd end = scene.end();
        if (end.problem().isPresent()) {
            String why = lastLine(scene.tail()).map(line -> ": " + line).orElse("");
            String what = scene.interpreter() + " did not run to its end, "
                    + end.problem().get() + why;
            // No cell has failed: somebody took the processes away, the kernel among them.
            return found(scene.begun() ? EndReason.KERNEL_DIED : EndReason.START_FAILED, what);
        }
        if (end.signal().isPresent()) {
            int signal = end.signal().getAsInt();
            return found(null, "papermill was ended by " + SIGNALS.getOrDefault(signal, "signal " + signal));
        }
        int code = end.exitCode().orElse(1);
        if (code == 0) {
            // Also after sys.exit(0) in a cell, of which the metadata says that it failed.
            return new Finding(Optional.empty(), Optional.empty());
        }
        if (code == DEAD_KERNEL && scene.begun()) {
            String where = scene.evidence().lastBegun().isPresent()
                    ? " in cell " + scene.evidence().lastBegun().getAsInt()
                    : "";
            return found(EndReason.KERNEL_DIED, "the kernel died" + where);
        }
        if (scene.failure().filter(failure -> failure.type().equals("Abort")).isPresent()) {
            // That is SIGINT. The cell that ran may or may not show a KeyboardInterrupt.
            return found(null, "papermill was interrupted");
        }
        if (scene.evidence().error().isPresent()) {
            return found(EndReason.CELL_ERROR, scene.evidence().error().get().describe());
        }
        if (!scene.begun()) {
            return found(EndReason.START_FAILED, startFailure(scene, code));
        }
        return found(null, "papermill failed: " + anyFailure(scene, code));
    }

    private static String startFailure(Scene scene, int code) {
        if (scene.failure().isEmpty()) {
            return "papermill did not start: " + anyFailure(scene, code);
        }
        ScriptFailure failure = scene.failure().get();
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
                return "papermill did not start the notebook: " + anyFailure(scene, code);
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
        return scene.failure()
                .map(failure ->
                        failure.message().isBlank() ? failure.type() : failure.type() + ": " + failure.message())
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

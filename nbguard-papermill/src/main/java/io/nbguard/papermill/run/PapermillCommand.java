package io.nbguard.papermill.run;

import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.resource.Allocation;
import io.nbguard.papermill.launch.PythonCommand;
import io.nbguard.papermill.launch.Scripts;
import io.nbguard.papermill.notebook.Outline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes papermill's command line and environment. */
final class PapermillCommand {

    private static final String SCRIPT = "nbguard_papermill.py";
    private static final List<String> MODULES = List.of(
            "nbguard_channel.py", "nbguard_cells.py", "nbguard_kernel.py", "nbguard_notebook.py", "nbguard_output.py");
    private static final String DEFAULT_KERNEL = "python3";

    private PapermillCommand() {}

    /**
     * Makes the command, and writes the files that it needs.
     *
     * @param notebook the notebook's absolute path
     * @param allocation what the execution may use
     * @param settings the guard's
     * @param mayOutliveHost whether another JVM may have to find what it reports
     * @param hostEnvironment the environment of this JVM
     * @throws IOException if a file cannot be written
     */
    static PythonCommand of(
            ExecutionRequest request,
            Path notebook,
            Allocation allocation,
            Outline outline,
            Path interpreter,
            RunFiles files,
            PapermillSettings settings,
            boolean mayOutliveHost,
            Map<String, String> hostEnvironment)
            throws IOException {
        List<String> arguments = new ArrayList<>();
        for (String module : MODULES) {
            Scripts.write(PapermillCommand.class, module, files.own());
        }
        arguments.add(Scripts.write(PapermillCommand.class, SCRIPT, files.own()).toString());
        arguments.add(files.channel().toString());
        arguments.add(mayOutliveHost ? "named" : "unnamed");
        arguments.add(Long.toString(settings.exitTimeout().toSeconds()));
        arguments.add(literal(notebook));
        arguments.add(literal(files.output()));
        if (!request.parameters().isEmpty()) {
            // By file, not by option: options guess types, and any user can read them in the process list.
            Path parameters = files.writeParameters(ParametersYaml.of(request.parameters()));
            arguments.add("--parameters_file=" + parameters);
        }
        String kernel = kernel(request, outline);
        arguments.add("--kernel=" + kernel);
        // Without a language papermill refuses to inject parameters. Our script asks the installed kernel for it.
        outline.language().ifPresent(language -> arguments.add("--language=" + language));
        arguments.add("--cwd=" + workingDirectory(request, notebook));
        arguments.add("--no-progress-bar");
        arguments.add("--request-save-on-cell-execute");
        arguments.add("--start-timeout=" + settings.kernelTimeout().toSeconds());
        return new PythonCommand(
                interpreter,
                arguments,
                environment(hostEnvironment, request.environment(), allocation, interpreter, files),
                // Not the notebook's folder: a file of a module's name in it shall not take that module's place in
                // papermill.
                files.own());
    }

    /** Returns the kernel that will be asked for. */
    static String kernel(ExecutionRequest request, Outline outline) {
        return request.kernel().or(outline::kernel).orElse(DEFAULT_KERNEL);
    }

    /** Returns the folder that the notebook's code runs in. */
    static Path workingDirectory(ExecutionRequest request, Path notebook) {
        return request.workingDirectory().orElseGet(() -> {
            Path folder = notebook.getParent();
            return folder == null ? Path.of("/") : folder;
        });
    }

    /** Returns a path as papermill has to be given it: it takes paths for templates of {@code str.format}. */
    private static String literal(Path path) {
        return path.toString().replace("{", "{{").replace("}", "}}");
    }

    /**
     * Returns the environment: the host's, with the interpreter's virtual environment activated, without what belongs to
     * another Python or to nbguard itself, and with what says what the execution may use. PYTHONPATH stays: it is how users share
     * modules.
     */
    static Map<String, String> environment(
            Map<String, String> host,
            Map<String, String> requested,
            Allocation allocation,
            Path interpreter,
            RunFiles files) {
        Map<String, String> environment = new HashMap<>(host);
        environment.keySet().removeIf(name -> name.startsWith("NBGUARD_"));
        environment.remove("PYTHONHOME");
        environment.remove("VIRTUAL_ENV");
        environment.remove("__PYVENV_LAUNCHER__");
        virtualEnvironment(interpreter).ifPresent(folder -> {
            environment.put("VIRTUAL_ENV", folder.toString());
            // `!pip` and `!python` in a cell shall be those of the kernel.
            environment.merge("PATH", folder.resolve("bin").toString(), (path, bin) -> bin + ":" + path);
        });
        environment.putAll(requested);
        // A variable that the host or the request sets stays.
        allocation.environment().forEach(environment::putIfAbsent);
        environment.put("TMPDIR", files.temporary().toString());
        environment.put("JUPYTER_RUNTIME_DIR", files.jupyterRuntime().toString());
        return environment;
    }

    private static Optional<Path> virtualEnvironment(Path interpreter) {
        Path bin = interpreter.getParent();
        Path folder = bin == null ? null : bin.getParent();
        return folder != null && Files.exists(folder.resolve("pyvenv.cfg")) ? Optional.of(folder) : Optional.empty();
    }
}

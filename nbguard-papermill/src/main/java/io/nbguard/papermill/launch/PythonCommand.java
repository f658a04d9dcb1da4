package io.nbguard.papermill.launch;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What to run in Python.
 *
 * @param interpreter the absolute path of the interpreter, not resolved through links (a virtual environment's interpreter
 *     is a link whose place matters)
 * @param arguments what follows the interpreter on its command line
 * @param environment all environment variables
 * @param workingDirectory the folder to start in
 */
public record PythonCommand(
        Path interpreter, List<String> arguments, Map<String, String> environment, Path workingDirectory) {

    /** Keeps its own copies. */
    public PythonCommand {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }
}

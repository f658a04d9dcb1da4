package io.nbguard.papermill.python;

import io.nbguard.papermill.launch.FlatJson;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Asks an interpreter about itself, without changing anything. */
final class PythonProbe {

    /** Runs on any Python 3, so that an old one can say that it is. */
    private static final String QUESTION = String.join(
            "\n",
            "import json, os, sys",
            "def version(name):",
            "    try:",
            "        from importlib.metadata import version",
            "        return version(name)",
            "    except Exception:",
            "        return None",
            "def importable(*names):",
            "    try:",
            "        for name in names: __import__(name)",
            "        return True",
            "    except Exception:",
            "        return False",
            "print()",
            "print(json.dumps({'version': '.'.join(map(str, sys.version_info[:3])),",
            "    'minor': sys.version_info[1] if sys.version_info[0] == 3 else -1,",
            "    'executable': os.path.realpath(getattr(sys, '_base_executable', None) or sys.executable),",
            "    'venv': importable('venv', 'ensurepip'),",
            "    'papermill': version('papermill'), 'ipykernel': version('ipykernel')}))");

    private static final long LONGEST_SECONDS = 30;

    private PythonProbe() {}

    /**
     * What an interpreter said.
     *
     * @param version such as {@code 3.11.7}
     * @param minor the 11 in it; -1 for another major version than 3
     * @param executable its real path, behind links, shims and virtual environments
     * @param canMakeVenv whether it has the modules to make virtual environments
     * @param papermill the version of papermill that it would import
     * @param ipykernel the version of ipykernel that it would import
     */
    record Answer(
            String version,
            int minor,
            Path executable,
            boolean canMakeVenv,
            Optional<String> papermill,
            Optional<String> ipykernel) {}

    /**
     * Asks.
     *
     * @param isolated whether to leave out the user's PYTHON* variables and packages
     * @throws IOException if it cannot be started or does not answer; the message says why
     * @throws InterruptedException if this thread is interrupted; the interpreter is ended
     */
    static Answer ask(Path interpreter, boolean isolated) throws IOException, InterruptedException {
        ProcessBuilder builder = isolated
                ? new ProcessBuilder(interpreter.toString(), "-I", "-c", QUESTION)
                : new ProcessBuilder(interpreter.toString(), "-c", QUESTION);
        builder.environment().remove("PYTHONHOME");
        Process process = builder.directory(new File("/"))
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .start();
        String output;
        try (var out = process.getInputStream()) {
            // The answer fits into the pipe: it can be read afterwards.
            if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("did not answer within " + LONGEST_SECONDS + " s");
            }
            output = new String(out.readAllBytes(), StandardCharsets.UTF_8).strip();
        } finally {
            process.destroyForcibly();
        }
        String answer = output.substring(output.lastIndexOf('\n') + 1);
        if (process.exitValue() != 0) {
            throw new IOException("failed with exit code " + process.exitValue() + ": " + answer);
        }
        try {
            Map<String, String> facts = FlatJson.parse(answer);
            return new Answer(
                    facts.getOrDefault("version", "?"),
                    Integer.parseInt(facts.getOrDefault("minor", "-1")),
                    Path.of(facts.getOrDefault("executable", interpreter.toString())),
                    Boolean.parseBoolean(facts.get("venv")),
                    Optional.ofNullable(facts.get("papermill")),
                    Optional.ofNullable(facts.get("ipykernel")));
        } catch (IOException noJson) {
            throw new IOException("is no Python 3, it answered: " + answer, noJson);
        }
    }
}

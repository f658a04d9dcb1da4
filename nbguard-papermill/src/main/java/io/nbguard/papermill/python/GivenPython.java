package io.nbguard.papermill.python;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.Setting;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A Python that a user has named.
 *
 * @param name an interpreter's path, a virtual environment's folder, or a command on the search path
 * @param origin who named it, for messages
 */
record GivenPython(String name, String origin) {

    static final String VARIABLE = "NBGUARD_PYTHON";

    /** The setting. */
    static final Setting<String> PYTHON = Setting.text(
                    "papermill.python",
                    "The Python that runs notebooks: an interpreter, or a virtual environment's folder, with papermill.")
            .withoutIt("`$" + VARIABLE + "`, else an environment of nbguard's own");

    /** Returns the one that counts: the request's, else the guard's setting, else the environment variable's. */
    static Optional<GivenPython> of(Optional<Path> requested, PluginConfig configuration, Surroundings surroundings) {
        if (requested.isPresent()) {
            return Optional.of(new GivenPython(requested.get().toString(), "the request"));
        }
        Optional<String> configured = configuration.find(PYTHON).filter(text -> !text.isBlank());
        if (configured.isPresent()) {
            return Optional.of(new GivenPython(configured.get(), "the setting " + PYTHON));
        }
        String variable = surroundings.environment().getOrDefault(VARIABLE, "");
        return variable.isBlank()
                ? Optional.empty()
                : Optional.of(new GivenPython(variable, "the variable " + VARIABLE));
    }

    /**
     * Returns its interpreter: an absolute path, not resolved through links.
     *
     * @throws GuardException {@code ENVIRONMENT} if there is none
     */
    Path interpreter(Surroundings surroundings) {
        Path named;
        try {
            named = name.contains("/")
                    ? Path.of(name).toAbsolutePath()
                    : surroundings.onPath(name).orElseGet(() -> Path.of(name).toAbsolutePath());
        } catch (InvalidPathException e) {
            throw missing("is not a path", e);
        }
        Path interpreter = Files.isDirectory(named) ? named.resolve("bin").resolve("python") : named;
        if (!Files.isRegularFile(interpreter)) {
            throw missing(Files.isDirectory(named) ? "is a folder without bin/python" : "does not exist", null);
        }
        if (!Files.isExecutable(interpreter)) {
            throw missing("is not executable", null);
        }
        return interpreter;
    }

    private GuardException missing(String what, @Nullable Throwable cause) {
        return new GuardException(
                ErrorCode.ENVIRONMENT,
                "Python '" + name + "' of " + origin + " " + what
                        + ": expected an interpreter or a virtual environment's folder; without any, nbguard makes an"
                        + " environment of its own",
                cause);
    }
}

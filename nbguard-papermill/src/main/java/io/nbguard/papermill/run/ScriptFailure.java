package io.nbguard.papermill.run;

import io.nbguard.papermill.launch.FlatJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The exception that ended papermill, as our script recorded it.
 *
 * @param type its class, such as {@code NoSuchKernel}
 * @param message its text
 * @param module the module that could not be imported, for a ModuleNotFoundError
 * @param kernels the kernels that are installed, for a NoSuchKernel; {@code python3, ir}
 */
record ScriptFailure(String type, String message, Optional<String> module, Optional<String> kernels) {

    /** Reads the record; empty if there is none. */
    static Optional<ScriptFailure> read(Path file) {
        Map<String, String> facts;
        try {
            facts = FlatJson.read(file);
        } catch (IOException none) {
            return Optional.empty();
        }
        return Optional.of(new ScriptFailure(
                facts.getOrDefault("type", "Exception"),
                facts.getOrDefault("message", ""),
                Optional.ofNullable(facts.get("module")),
                Optional.ofNullable(facts.get("kernels"))));
    }
}

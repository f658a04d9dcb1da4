package io.nbguard.papermill.python;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where Python is looked for.
 *
 * @param environment environment variables
 * @param home the user's home folder
 */
record Surroundings(Map<String, String> environment, Path home) {

    /** Returns those of this JVM. */
    static Surroundings ofThisProcess() {
        return new Surroundings(System.getenv(), Path.of(System.getProperty("user.home", "/")));
    }

    /** Returns the user's cache folder. */
    Path cache() {
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        return xdg.startsWith("/") ? Path.of(xdg) : home.resolve(".cache");
    }

    /** Returns the first executable file of that name on the search path. */
    Optional<Path> onPath(String name) {
        for (String folder : environment.getOrDefault("PATH", "").split(":")) {
            if (folder.startsWith("/")) {
                try {
                    Path file = Path.of(folder, name);
                    if (Files.isRegularFile(file) && Files.isExecutable(file)) {
                        return Optional.of(file);
                    }
                } catch (InvalidPathException notAFolder) {
                    continue;
                }
            }
        }
        return Optional.empty();
    }
}

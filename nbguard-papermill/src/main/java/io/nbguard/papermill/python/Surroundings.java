package io.nbguard.papermill.python;

import io.nbguard.spi.process.UserFolders;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where Python is looked for.
 *
 * @param environment environment variables
 * @param home what Java takes for the user's home folder
 */
record Surroundings(Map<String, String> environment, Path home) {

    /** Returns those of this JVM. */
    static Surroundings ofThisProcess() {
        return new Surroundings(System.getenv(), Path.of(System.getProperty("user.home", "/")));
    }

    /**
     * Returns the user's cache folder.
     *
     * @throws io.nbguard.api.GuardException (ENVIRONMENT) if there is none
     */
    Path cache() {
        return new UserFolders(environment, home.toString()).cache();
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

package io.nbguard.papermill.launch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The Python scripts in this jar. */
public final class Scripts {

    private Scripts() {}

    /**
     * Writes a script where Python can read it.
     *
     * @param owner the class that it lies beside
     * @throws IOException if it cannot be written
     */
    public static Path write(Class<?> owner, String name, Path folder) throws IOException {
        try (InputStream script = owner.getResourceAsStream(name)) {
            if (script == null) {
                throw new IllegalStateException(name + " is missing from nbguard-papermill's jar");
            }
            Path file = folder.resolve(name);
            Files.copy(script, file, StandardCopyOption.REPLACE_EXISTING);
            return file;
        }
    }
}

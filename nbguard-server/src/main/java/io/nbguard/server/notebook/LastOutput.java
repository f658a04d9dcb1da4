package io.nbguard.server.notebook;

import io.nbguard.api.internal.UntrustedFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;

/** The last line that an executed notebook gave out, warnings and errors aside: in many notebooks, the result. */
public final class LastOutput {

    private static final long LARGEST = 64L << 30;

    private LastOutput() {}

    /** Returns the line; nothing if none was given out, or the file is no notebook that can be read. */
    public static Optional<String> of(Path notebook) {
        try (InputStream in = UntrustedFiles.stream(notebook, LARGEST)) {
            return NotebookLog.lastLine(in);
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}

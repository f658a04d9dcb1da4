package io.nbguard.cli;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.papermill.NotebookOutline;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A notebook that the user named on the command line, anywhere on this machine.
 *
 * @param folder the folder it is in, absolute
 * @param name its name there
 */
record NotebookFile(Path folder, String name) {

    /**
     * Checks that there is a notebook.
     *
     * @param path as given, relative to {@code current}
     * @throws GuardException if there is none, or something else; the message says what is wrong with it
     */
    static NotebookFile of(Path path, Path current) {
        Path file = current.resolve(path).normalize();
        Path folder = file.getParent();
        if (folder == null || Files.isDirectory(file)) {
            throw new GuardException(
                    ErrorCode.INVALID_REQUEST, "'" + path + "' is a folder: expected the file of a notebook");
        }
        NotebookOutline.read(file);
        return new NotebookFile(folder, file.getFileName().toString());
    }
}

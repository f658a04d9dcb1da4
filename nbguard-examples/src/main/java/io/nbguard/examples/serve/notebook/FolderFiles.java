package io.nbguard.examples.serve.notebook;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.ExecutionRequest;
import io.nbguard.examples.serve.http.Refusal;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Files of one folder, and of no other, whatever a name or a symbolic link says. */
public final class FolderFiles {

    private static final String NOTEBOOK = ".ipynb";

    private final Path folder;

    /** Makes it of a folder, which may not be there yet. */
    public FolderFiles(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
    }

    /**
     * Returns the real path of a notebook.
     *
     * @param name its path in the folder, or an absolute one
     * @throws Refusal (400) if it leads out of the folder, or is no name of a file; (404) if there is none
     */
    public Path notebook(String name) {
        try {
            ExecutionRequest.of(name);
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest(String.valueOf(e.getMessage()));
        }
        if (!name.endsWith(NOTEBOOK)) {
            throw Refusal.notFound("no notebook '" + name + "': its name does not end in " + NOTEBOOK);
        }
        try {
            return inside(folder.resolve(name), name);
        } catch (InvalidPathException e) {
            throw Refusal.badRequest("notebook '" + name + "' is not the name of a file: " + e.getReason());
        }
    }

    /**
     * Returns the real path of a file that is known to be in the folder.
     *
     * @throws Refusal (404) if it is gone, or turned out to be elsewhere
     */
    public Path file(Path known) {
        return inside(known.toAbsolutePath().normalize(), String.valueOf(known.getFileName()));
    }

    private Path inside(Path file, String name) {
        try {
            if (!file.normalize().startsWith(folder)) {
                throw Refusal.badRequest("'" + name + "' leads out of its folder");
            }
            Path real = file.toRealPath();
            if (!real.startsWith(folder.toRealPath())) {
                throw Refusal.badRequest("'" + name + "' leads out of its folder");
            }
            if (!Files.isRegularFile(real)) {
                throw Refusal.notFound("'" + name + "' is not a file");
            }
            return real;
        } catch (NoSuchFileException e) {
            throw Refusal.notFound("there is no '" + name + "'");
        } catch (IOException e) {
            throw Refusal.notFound("'" + name + "' cannot be reached");
        }
    }

    /** Returns what an execution under way has written so far: papermill writes the notebook after each cell. */
    public Optional<Path> unfinished(ExecutionId id) {
        Path staging = folder.resolve(".nbguard-" + id.value());
        if (!Files.isDirectory(staging)) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(staging, "*" + NOTEBOOK)) {
            for (Path file : files) {
                if (file.toRealPath().startsWith(folder.toRealPath())) {
                    return Optional.of(file);
                }
            }
        } catch (IOException e) {
            // It has just ended.
        }
        return Optional.empty();
    }
}

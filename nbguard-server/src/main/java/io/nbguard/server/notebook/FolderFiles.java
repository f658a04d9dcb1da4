package io.nbguard.server.notebook;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.internal.UntrustedFiles;
import io.nbguard.server.http.Refusal;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Files of one folder, and of no other, whatever a name or a symbolic link says, and whatever takes their place meanwhile. */
public final class FolderFiles {

    private static final String NOTEBOOK = ".ipynb";
    private static final long LARGEST = 64L << 30;
    private static final int MOST_LOOKED_AT = 1_000;

    private final Path folder;

    /** Makes it of a folder, which may not be there yet. */
    public FolderFiles(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
    }

    /**
     * Opens a notebook.
     *
     * @param name its path in the folder, or an absolute one
     * @throws Refusal (400) if it leads out of the folder, or is no name of a file; (404) if there is none
     */
    public OpenNotebook notebook(String name) {
        try {
            ExecutionRequest.of(name);
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest(String.valueOf(e.getMessage()));
        }
        if (!name.endsWith(NOTEBOOK)) {
            throw Refusal.notFound("no notebook '" + name + "': its name does not end in " + NOTEBOOK);
        }
        try {
            return open(folder.resolve(name), name);
        } catch (InvalidPathException e) {
            throw Refusal.badRequest("notebook '" + name + "' is not the name of a file: " + e.getReason());
        }
    }

    /**
     * Opens a file that is known to be in the folder.
     *
     * @throws Refusal (404) if it is gone, or turned out to be elsewhere
     */
    public OpenNotebook file(Path known) {
        return open(known.toAbsolutePath().normalize(), String.valueOf(known.getFileName()));
    }

    private OpenNotebook open(Path file, String name) {
        if (!file.normalize().startsWith(folder)) {
            throw outside(name);
        }
        try {
            return new OpenNotebook(String.valueOf(file.getFileName()), UntrustedFiles.open(folder, file, LARGEST));
        } catch (NoSuchFileException e) {
            throw Refusal.notFound("there is no '" + name + "'");
        } catch (AccessDeniedException e) {
            throw e.getReason() == null ? Refusal.notFound("'" + name + "' cannot be reached") : outside(name);
        } catch (FileSystemException e) {
            throw Refusal.notFound("'" + name + "' is not a file that can be shown: it "
                    + Optional.ofNullable(e.getReason()).orElse("cannot be reached"));
        } catch (IOException e) {
            throw Refusal.notFound("'" + name + "' cannot be reached");
        }
    }

    private static Refusal outside(String name) {
        return Refusal.badRequest("'" + name + "' leads out of its folder");
    }

    /** Opens what an execution under way has written so far: papermill writes the notebook after each cell. */
    public Optional<OpenNotebook> unfinished(ExecutionId id) {
        Path staging = folder.resolve(".nbguard-" + id.value());
        try {
            for (Path name : UntrustedFiles.names(folder, staging, MOST_LOOKED_AT)) {
                if (name.toString().endsWith(NOTEBOOK)) {
                    return Optional.of(open(staging.resolve(name), name.toString()));
                }
            }
        } catch (IOException | Refusal e) {
            // It has just ended, or has something else there than a notebook.
        }
        return Optional.empty();
    }
}

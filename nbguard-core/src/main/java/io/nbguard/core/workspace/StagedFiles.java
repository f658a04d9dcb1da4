package io.nbguard.core.workspace;

import io.nbguard.spi.executor.Staging;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Copies between this machine's files and an engine's. */
public final class StagedFiles implements Staging {

    private final Path notebook;
    private final Path folder;

    /** Makes it; {@code folder} is where an execution's files arrive. */
    public StagedFiles(Path notebook, Path folder) {
        this.notebook = notebook;
        this.folder = folder;
    }

    @Override
    public InputStream openNotebook() throws IOException {
        return Files.newInputStream(notebook);
    }

    @Override
    public Path store(String name, InputStream content) throws IOException {
        Path target = plain(name);
        Path part = Files.createTempFile(folder, ".part-", null);
        try {
            Files.copy(content, part, StandardCopyOption.REPLACE_EXISTING);
            return Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private Path plain(String name) {
        try {
            Path target = folder.resolve(name);
            Path file = target.getFileName();
            if (file != null && file.toString().equals(name) && !name.equals(".") && !name.equals("..")) {
                return target;
            }
        } catch (InvalidPathException e) {
            // Reported below, with the name.
        }
        throw new IllegalArgumentException("'" + name + "' is no plain file name: expected one without a folder");
    }
}

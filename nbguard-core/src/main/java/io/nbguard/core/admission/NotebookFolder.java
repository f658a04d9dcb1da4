package io.nbguard.core.admission;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.internal.Similarity;
import io.nbguard.core.executor.Extensions;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The folder of notebooks: what is in it, and nothing outside it, whatever a name or a symbolic link says. */
public final class NotebookFolder {

    private static final int MOST_SUGGESTIONS = 3;

    private final Path folder;
    private final Optional<Path> outputs;
    private final Extensions extensions;

    /**
     * Makes it.
     *
     * @param folder an existing folder
     * @param outputs where executed notebooks go: not listed where that is inside {@code folder}
     * @param extensions what files are called that can be run
     */
    public NotebookFolder(Path folder, Path outputs, Extensions extensions) {
        this.extensions = extensions;
        this.folder = folder.toAbsolutePath().normalize();
        Path other = outputs.toAbsolutePath().normalize();
        this.outputs = other.equals(this.folder) ? Optional.empty() : Optional.of(other);
    }

    /** Returns where a notebook was that was resolved once, and may be gone. */
    Path expected(String notebook) {
        try {
            return resolve(notebook);
        } catch (GuardException gone) {
            return folder.resolve(notebook);
        }
    }

    /**
     * Returns the notebook's real path.
     *
     * @param notebook its path below the folder
     * @throws GuardException (NOT_FOUND) if there is none, naming those of a similar name; (INVALID_REQUEST) if it is not a
     *     readable notebook file or lies outside the folder
     */
    public Path resolve(String notebook) {
        if (!extensions.has(notebook)) {
            throw missing(notebook, "its name does not end in " + extensions);
        }
        Path real;
        try {
            Path root = folder.toRealPath();
            Path file = root.resolve(notebook);
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                throw missing(notebook, "there is no such file in " + folder);
            }
            real = file.toRealPath();
            if (!real.startsWith(root)) {
                throw new GuardException(
                        ErrorCode.INVALID_REQUEST,
                        "notebook '" + notebook + "' leads out of the notebooks folder " + folder + " to " + real
                                + "; only notebooks inside it are run");
            }
        } catch (InvalidPathException e) {
            throw new GuardException(
                    ErrorCode.INVALID_REQUEST,
                    "notebook '" + notebook + "' is not a path that this JVM can express (" + e.getReason()
                            + "); start Java with LC_ALL=C.UTF-8 for names beyond ASCII",
                    e);
        } catch (IOException e) {
            throw new GuardException(
                    ErrorCode.NOT_FOUND, "notebook '" + notebook + "' cannot be reached in " + folder + ": " + e, e);
        }
        if (!Files.isRegularFile(real) || !Files.isReadable(real)) {
            throw new GuardException(
                    ErrorCode.INVALID_REQUEST,
                    "notebook '" + notebook + "' is not a readable file: check " + real + " and its permissions");
        }
        return real;
    }

    /** Returns all notebooks below the folder, as requests name them, sorted; nothing in hidden folders. */
    public List<String> list() {
        List<String> notebooks = new ArrayList<>();
        try {
            collect(folder, notebooks);
        } catch (IOException e) {
            throw new GuardException(
                    ErrorCode.ENVIRONMENT,
                    "the notebooks folder " + folder + " cannot be read (" + e
                            + "): is it still there, and may this user read it?",
                    e);
        }
        Collections.sort(notebooks);
        return Collections.unmodifiableList(notebooks);
    }

    private void collect(Path at, List<String> notebooks) throws IOException {
        // "folder/." is a folder or nothing: a pipe that a notebook has put there meanwhile is not waited for.
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(at.resolve("."))) {
            for (Path entry : entries) {
                Path file = at.resolve(entry.getFileName());
                if (isHidden(file)) {
                    continue;
                }
                if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                    collectBelow(file, notebooks);
                } else if (extensions.has(file.toString()) && Files.isRegularFile(file)) {
                    notebooks.add(folder.relativize(file).toString());
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private void collectBelow(Path at, List<String> notebooks) {
        if (outputs.filter(at::equals).isPresent()) {
            return;
        }
        try {
            collect(at, notebooks);
        } catch (IOException e) {
            // Gone meanwhile, or not ours to read: the others are listed.
        }
    }

    private static boolean isHidden(Path path) {
        return String.valueOf(path.getFileName()).startsWith(".");
    }

    private GuardException missing(String notebook, String why) {
        List<String> near = near(notebook);
        return new GuardException(
                ErrorCode.NOT_FOUND,
                "no notebook '" + notebook + "': " + why
                        + (near.isEmpty() ? "" : "; did you mean '" + String.join("' or '", near) + "'?"));
    }

    private List<String> near(String notebook) {
        List<String> all;
        try {
            all = list();
        } catch (GuardException e) {
            return List.of();
        }
        String asked = bare(notebook);
        return all.stream()
                .filter(name -> Similarity.isNear(asked, bare(name)))
                .sorted(Comparator.comparingInt(name -> Similarity.distance(asked, bare(name))))
                .limit(MOST_SUGGESTIONS)
                .toList();
    }

    private String bare(String notebook) {
        return extensions
                .bare(notebook.substring(notebook.lastIndexOf('/') + 1))
                .toLowerCase(Locale.ROOT);
    }
}

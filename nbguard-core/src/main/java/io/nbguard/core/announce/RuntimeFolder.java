package io.nbguard.core.announce;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.internal.UntrustedFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The private folder with one file per live execution of this user: {@code $NBGUARD_RUNTIME_DIR}, else
 * {@code $XDG_RUNTIME_DIR/nbguard}, else {@code nbguard-UID} in the folder for temporary files. Others may write to the
 * latter's parent, so a folder that is a link, belongs to another user, or is open to others, is refused.
 */
public final class RuntimeFolder {

    private static final String ENDING = ".execution";
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE_OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final int LARGEST_FILE = 64 * 1024;

    private final Path folder;

    private RuntimeFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * Returns where the folder is.
     *
     * @param user the user's numeric ID: not every user has a name, and several users may share one
     */
    public static Path location(Map<String, String> environment, String temporaryFolder, String user) {
        String own = environment.getOrDefault("NBGUARD_RUNTIME_DIR", "");
        if (!own.isBlank()) {
            return Path.of(own).toAbsolutePath();
        }
        String session = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        if (session.startsWith("/") && Files.isWritable(Path.of(session))) {
            return Path.of(session, "nbguard").toAbsolutePath();
        }
        return Path.of(temporaryFolder, "nbguard-" + user.replaceAll("[^A-Za-z0-9._-]", "_"))
                .toAbsolutePath();
    }

    /** Returns where the folder is for this process. */
    public static Path location() {
        return location(System.getenv(), System.getProperty("java.io.tmpdir", "/tmp"), user());
    }

    private static String user() {
        try {
            return String.valueOf(Files.getAttribute(Path.of("/proc/self/"), "unix:uid"));
        } catch (IOException | RuntimeException e) {
            // No Linux.
            return System.getProperty("user.name", "unknown");
        }
    }

    /**
     * Opens the folder, and makes it if it is not there.
     *
     * @throws IOException if it cannot be made or is not private to this user
     */
    public static RuntimeFolder open(Path folder) throws IOException {
        Path parent = folder.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        try {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        } catch (FileAlreadyExistsException e) {
            // Checked below, as it is there.
        }
        PosixFileAttributes found = Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!found.isDirectory()) {
            throw new IOException(folder + " is not a folder (a link is not accepted): remove it, or set"
                    + " NBGUARD_RUNTIME_DIR to another place");
        }
        if (!found.owner().equals(ownerOfNewFiles(folder))) {
            throw new IOException(folder + " belongs to " + found.owner().getName()
                    + ": set NBGUARD_RUNTIME_DIR to a folder of your own");
        }
        if (!OWNER_ONLY.containsAll(found.permissions())) {
            Files.setPosixFilePermissions(folder, OWNER_ONLY);
        }
        return new RuntimeFolder(folder);
    }

    /** The name of the user says little (it may map to another id): the owner of a file made now is our id. */
    private static UserPrincipal ownerOfNewFiles(Path folder) throws IOException {
        Path probe =
                Files.createTempFile(folder, ".owner", null, PosixFilePermissions.asFileAttribute(FILE_OWNER_ONLY));
        try {
            return Files.getOwner(probe, LinkOption.NOFOLLOW_LINKS);
        } finally {
            Files.deleteIfExists(probe);
        }
    }

    /** Returns where it is. */
    public Path path() {
        return folder;
    }

    /** Writes an execution's file as a whole: readers see the old one or the new one. */
    void write(AnnouncedExecution execution) throws IOException {
        Path draft = folder.resolve("." + execution.id().value() + ".draft");
        try {
            Files.deleteIfExists(draft);
            Files.createFile(draft, PosixFilePermissions.asFileAttribute(FILE_OWNER_ONLY));
            Files.writeString(draft, execution.toText(), StandardCharsets.UTF_8, StandardOpenOption.WRITE);
            Files.move(draft, file(execution.id()), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(draft);
            throw e;
        }
    }

    /** Removes an execution's file; harmless if there is none. */
    public void remove(ExecutionId id) throws IOException {
        Files.deleteIfExists(file(id));
    }

    /** Returns what is announced now, oldest first. What cannot be read is left out. */
    public List<AnnouncedExecution> read() throws IOException {
        List<AnnouncedExecution> all = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + ENDING)) {
            for (Path file : files) {
                read(file).ifPresent(all::add);
            }
        }
        all.sort(Comparator.comparing(AnnouncedExecution::launchedAt));
        return all;
    }

    private static Optional<AnnouncedExecution> read(Path file) {
        try {
            return AnnouncedExecution.parse(UntrustedFiles.text(file, LARGEST_FILE));
        } catch (IOException e) {
            // Gone since, or something that no guard has written.
            return Optional.empty();
        }
    }

    private Path file(ExecutionId id) {
        return folder.resolve(id.value() + ENDING);
    }
}

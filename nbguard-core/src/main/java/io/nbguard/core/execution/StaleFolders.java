package io.nbguard.core.execution;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folders for temporary files that guards leave behind when they are killed. Beside each such folder lies a small file
 * that says whose it is; only a folder with one, of this user, and of a guard that is proved to be dead is removed. The
 * place is open to others as a rule: links are never followed.
 */
public final class StaleFolders {

    private static final Logger LOG = LoggerFactory.getLogger(StaleFolders.class);
    private static final String ENDING = ".guard";
    private static final long LARGEST_FILE = 4096;

    private StaleFolders() {}

    /** Says that {@code folder}, which is not made yet, is this process's. Where that is not possible nothing is said. */
    static void claim(Path folder) {
        FolderOwner.current().ifPresent(owner -> {
            try {
                Files.writeString(
                        fileOf(folder), owner.toText(), StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
            } catch (IOException e) {
                LOG.debug("{} will stay if this process is killed", folder, e);
            }
        });
    }

    /** Takes {@link #claim} back: the folder is gone. */
    static void disclaim(Path folder) throws IOException {
        Files.deleteIfExists(fileOf(folder));
    }

    private static Path fileOf(Path folder) {
        return folder.resolveSibling(folder.getFileName() + ENDING);
    }

    /** Removes what dead guards have left in {@code place}. What cannot be removed stays for the next time. */
    public static void remove(Path place) {
        Optional<FolderOwner> self = FolderOwner.current();
        if (self.isEmpty()) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(place, "nbguard-*" + ENDING)) {
            Object user = userOf(Path.of("/proc/self/"));
            for (Path file : files) {
                remove(file, self.get(), user);
            }
        } catch (IOException | DirectoryIteratorException | UnsupportedOperationException e) {
            LOG.debug("{} cannot be searched for what killed guards left", place, e);
        }
    }

    private static void remove(Path file, FolderOwner self, Object user) {
        try {
            if (!isDead(file, self, user)) {
                return;
            }
            String name = file.getFileName().toString();
            Path folder = file.resolveSibling(name.substring(0, name.length() - ENDING.length()));
            if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS) || !user.equals(userOf(folder))) {
                    return;
                }
                PrivateFolder.delete(folder);
                LOG.info("removed {}: the guard that made it was killed", folder);
            }
            Files.deleteIfExists(file);
        } catch (IOException | RuntimeException e) {
            LOG.debug("what {} speaks of stays", file, e);
        }
    }

    private static boolean isDead(Path file, FolderOwner self, Object user) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && user.equals(userOf(file))
                && Files.size(file) <= LARGEST_FILE
                && FolderOwner.parse(Files.readString(file, StandardCharsets.UTF_8))
                        .filter(owner -> owner.isDead(self))
                        .isPresent();
    }

    /** Returns the number of the user whom a file belongs to; of a process's folder, whom the process runs as. */
    private static Object userOf(Path file) throws IOException {
        boolean ofProcess = file.startsWith("/proc");
        Map<String, Object> found = ofProcess
                ? Files.readAttributes(file, "unix:uid")
                : Files.readAttributes(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        return found.getOrDefault("uid", "unknown");
    }
}

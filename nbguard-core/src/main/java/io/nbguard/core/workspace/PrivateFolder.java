package io.nbguard.core.workspace;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Folders of mode 0700 for one execution, and how they are removed. */
public final class PrivateFolder {

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<?> OWNER_ONLY_ATTRIBUTE = PosixFilePermissions.asFileAttribute(OWNER_ONLY);

    private PrivateFolder() {}

    /**
     * Makes the folder {@code name} in {@code parent}, which is made first if it is not there.
     *
     * @throws IOException if that is not possible, also if there is something of that name already
     */
    static Path create(Path parent, String name) throws IOException {
        Files.createDirectories(parent);
        return Files.createDirectory(parent.resolve(name), OWNER_ONLY_ATTRIBUTE);
    }

    /**
     * Makes a folder, unless there is one of this user.
     *
     * @throws IOException if that is not possible, also if there is something else of that name
     */
    static void ensure(Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            create(Objects.requireNonNull(folder.getParent()), String.valueOf(folder.getFileName()));
        } else if (!Claim.user().equals(Claim.userOf(folder))) {
            throw new IOException(folder + " is another user's");
        }
    }

    /**
     * Deletes the folder and all that is in it. Links are deleted, not followed; folders that a notebook made
     * inaccessible are opened first.
     *
     * @throws IOException if something could not be deleted; everything else is gone
     */
    public static void delete(Path folder) throws IOException {
        Deletion deletion = new Deletion();
        Files.walkFileTree(folder, deletion);
        if (deletion.failure != null) {
            throw deletion.failure;
        }
    }

    private static final class Deletion extends SimpleFileVisitor<Path> {

        private @Nullable IOException failure;

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path path, IOException reason) {
            if (reason instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) && open(path)) {
                try {
                    Files.walkFileTree(path, this);
                } catch (IOException e) {
                    note(e);
                }
            } else {
                delete(path);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException reason) {
            delete(folder);
            return FileVisitResult.CONTINUE;
        }

        private void delete(Path path) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                // A folder without write permission keeps its entries.
                Path parent = path.getParent();
                if (parent == null || !open(parent)) {
                    note(e);
                    return;
                }
                try {
                    Files.deleteIfExists(path);
                } catch (IOException still) {
                    note(still);
                }
            }
        }

        private boolean open(Path folder) {
            try {
                if (Files.isReadable(folder) && Files.isWritable(folder) && Files.isExecutable(folder)) {
                    return false;
                }
                Files.setPosixFilePermissions(folder, OWNER_ONLY);
                return true;
            } catch (IOException e) {
                return false;
            }
        }

        private void note(IOException e) {
            if (failure == null) {
                failure = e;
            }
        }
    }
}

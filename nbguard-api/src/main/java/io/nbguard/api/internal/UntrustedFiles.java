package io.nbguard.api.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Opens files that a notebook may have replaced, at any moment, by a link that leads elsewhere, a named pipe or a folder.
 *
 * <p>What is opened is a regular file below a folder, reached from the open folder name by name (openat(2)) without following
 * links; links that stay inside the folder are resolved before. Opening a named pipe waits for its other end, and Java cannot
 * ask the kernel not to wait (O_NONBLOCK). So kinds are looked at first, and for a pipe that is swapped in between the look and
 * the opening, a thread of its own opens ({@link TimedOpen}). Once that race has been lost, files are opened for writing too where
 * they may be, though nothing is ever written: that never waits. Not from the beginning, because an overlay file system makes a
 * copy of what is opened for writing. For any thread.
 */
public final class UntrustedFiles {

    private static final Duration LONGEST = Duration.ofSeconds(5);

    private static volatile boolean aPipeWasSwappedIn;

    private UntrustedFiles() {}

    /**
     * Opens a file for reading.
     *
     * @param folder the folder that it must be in; itself trusted, and may be reached by links
     * @param file its path, relative to {@code folder} or absolute
     * @param largest the most bytes it may have now; it may grow later, so readers keep a bound of their own
     * @throws NoSuchFileException if it is not there
     * @throws AccessDeniedException if it leads out of the folder, or may not be read
     * @throws FileSystemException if it is no regular file, is too large, or does not open in time; the reason says which
     * @throws IOException if it cannot be opened for another reason
     */
    public static SeekableByteChannel open(Path folder, Path file, long largest) throws IOException {
        Path inside = inside(folder, file);
        Path name = inside.getFileName();
        TimedOpen.Folder parent =
                () -> directoryNow(folder.toRealPath(), Objects.requireNonNullElse(inside.getParent(), Path.of("")));
        SeekableByteChannel channel = channel(parent, file, name);
        try {
            check(channel, file, largest);
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Opens a file as a stream; as {@link #open}, by its own folder.
     *
     * @throws IOException as {@link #open}
     */
    public static InputStream stream(Path file, long largest) throws IOException {
        return Channels.newInputStream(open(folderOf(file), file, largest));
    }

    /**
     * Reads a small file as a whole; as {@link #open}, by its own folder. What is no UTF-8 becomes U+FFFD.
     *
     * @throws IOException as {@link #open}; also if it has grown beyond {@code largest} since it was opened
     */
    public static String text(Path file, int largest) throws IOException {
        try (InputStream in = stream(file, largest)) {
            byte[] bytes = in.readNBytes(largest + 1);
            if (bytes.length > largest) {
                throw new FileSystemException(file.toString(), null, "grows beyond " + largest + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private static Path folderOf(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return folder == null ? file.toAbsolutePath() : folder;
    }

    /**
     * Returns names in a folder, in no order.
     *
     * @param folder the folder that {@code directory} must be in, or be
     * @param directory its path, relative to {@code folder} or absolute
     * @param most how many are read at most
     * @throws IOException as {@link #open}
     */
    public static List<Path> names(Path folder, Path directory, int most) throws IOException {
        try (SecureDirectoryStream<Path> at = directoryNow(folder.toRealPath(), inside(folder, directory))) {
            List<Path> names = new ArrayList<>();
            for (Path path : at) {
                if (names.size() == most) {
                    break;
                }
                names.add(path.getFileName());
            }
            return names;
        }
    }

    private static SeekableByteChannel channel(TimedOpen.Folder parent, Path file, Path name) throws IOException {
        try (SecureDirectoryStream<Path> at = parent.open()) {
            BasicFileAttributes attributes = at.getFileAttributeView(
                            name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .readAttributes();
            if (!attributes.isRegularFile()) {
                throw irregular(file);
            }
            if (aPipeWasSwappedIn) {
                try {
                    return at.newByteChannel(
                            name, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
                } catch (NoSuchFileException e) {
                    throw e;
                } catch (FileSystemException e) {
                    // Not ours to write, or on a read-only file system.
                }
            }
        }
        try {
            return TimedOpen.read(parent, file, name, LONGEST);
        } catch (TimedOpen.NotInTimeException e) {
            aPipeWasSwappedIn = true;
            throw e;
        }
    }

    private static void check(SeekableByteChannel channel, Path file, long largest) throws IOException {
        try {
            // A pipe that has taken the file's place since has no position.
            channel.position();
        } catch (IOException e) {
            throw irregular(file);
        }
        if (channel.size() > largest) {
            throw new FileSystemException(
                    file.toString(), null, "has " + channel.size() + " bytes: expected at most " + largest);
        }
    }

    /** Returns the real path, relative to the real folder; empty for the folder itself. */
    private static Path inside(Path folder, Path file) throws IOException {
        Path root = folder.toRealPath();
        Path real = root.resolve(file).toRealPath();
        if (!real.startsWith(root)) {
            throw new AccessDeniedException(file.toString(), null, "leads out of " + folder);
        }
        return root.relativize(real);
    }

    /** Opens a folder below another, name by name. */
    private static SecureDirectoryStream<Path> directoryNow(Path root, Path inside) throws IOException {
        SecureDirectoryStream<Path> at = secure(root.resolve("."));
        try {
            for (Path name : inside) {
                if (!name.toString().isEmpty()) {
                    SecureDirectoryStream<Path> next = next(at, name);
                    at.close();
                    at = next;
                }
            }
            return at;
        } catch (IOException e) {
            at.close();
            throw e;
        }
    }

    /** "name/." is a folder or nothing, so opening it never waits; that it was no link is seen by its identity. */
    private static SecureDirectoryStream<Path> next(SecureDirectoryStream<Path> at, Path name) throws IOException {
        BasicFileAttributes seen = at.getFileAttributeView(
                        name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes();
        if (!seen.isDirectory()) {
            throw new NotDirectoryException(name.toString());
        }
        SecureDirectoryStream<Path> next = at.newDirectoryStream(name.resolve("."));
        Object opened = next.getFileAttributeView(BasicFileAttributeView.class)
                .readAttributes()
                .fileKey();
        if (!Objects.equals(seen.fileKey(), opened)) {
            next.close();
            throw new AccessDeniedException(name.toString(), null, "was replaced while it was opened");
        }
        return next;
    }

    private static SecureDirectoryStream<Path> secure(Path folder) throws IOException {
        DirectoryStream<Path> stream = Files.newDirectoryStream(folder);
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            return secure;
        }
        stream.close();
        throw new FileSystemException(folder.toString(), null, "is on a file system without openat(2)");
    }

    private static FileSystemException irregular(Path file) {
        return new FileSystemException(file.toString(), null, "is not a regular file");
    }
}

package io.nbguard.cgroup.kernel;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file of procfs or cgroupfs that is kept open and read again from its start: half the cost of opening it every time,
 * and a kept descriptor of {@code /proc/PID} never shows a later process of the same id (reads fail with ESRCH).
 *
 * <p>An interrupt of the reading thread closes the channel: read on threads that are never interrupted, or be ready to
 * {@link #reopen} it.
 */
public final class KernelFile implements Closeable {

    private final Path path;
    private volatile FileChannel channel;

    private KernelFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Opens a file for reading.
     *
     * @throws IOException if it is not there, or may not be read
     */
    public static KernelFile open(Path path) throws IOException {
        return new KernelFile(path, FileChannel.open(path, StandardOpenOption.READ));
    }

    /**
     * Reads the file from its start into {@code text}, up to its capacity.
     *
     * @throws java.nio.channels.ClosedChannelException if it was closed, or the reading thread was interrupted
     * @throws IOException if what is behind the file has gone (a dead process: ESRCH; a removed cgroup: ENODEV), or it cannot be read
     */
    public void read(KernelText text) throws IOException {
        text.fill(channel);
    }

    /** Says in a few words for a person why a file could not be opened or read; without its path. */
    public static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "no such file";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        String message = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    /**
     * Opens the file at the same path anew. What is behind the path may be another process or cgroup by now: the caller
     * must check.
     *
     * @throws IOException if it is not there any more, or may not be read
     */
    public void reopen() throws IOException {
        FileChannel fresh = FileChannel.open(path, StandardOpenOption.READ);
        close();
        channel = fresh;
    }

    /** Returns the path that it was opened by. */
    public Path path() {
        return path;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // A read-only descriptor that fails to close is closed all the same (close(2), NOTES).
        }
    }
}

package io.nbguard.api.internal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The one step of opening a file that can wait: to open for reading what may be a named pipe by now. A thread of its own opens,
 * and the caller waits for a bounded time. A thread that still waits then is released by opening the pipe for both directions,
 * which never waits. Only a pipe that has lost its name since, or that may not be written, keeps its thread.
 */
final class TimedOpen {

    private static final int MOST_AT_ONCE = 32;
    private static final Semaphore PERMITS = new Semaphore(MOST_AT_ONCE);

    /** What is still being opened although its caller has given up. */
    private static final Set<TimedOpen> GIVEN_UP = ConcurrentHashMap.newKeySet();

    private final Folder folder;
    private final Path file;
    private final Path name;
    private final CompletableFuture<SeekableByteChannel> opened = new CompletableFuture<>();

    private TimedOpen(Folder folder, Path file, Path name) {
        this.folder = folder;
        this.file = file;
        this.name = name;
    }

    /** Opens the folder that the file is in. */
    interface Folder {
        SecureDirectoryStream<Path> open() throws IOException;
    }

    /** The caller's time was over, or it was interrupted, and the file was not open. */
    static final class NotInTimeException extends FileSystemException {

        private static final long serialVersionUID = 1L;

        NotInTimeException(Path file, Duration longest) {
            super(file.toString(), null, "does not open in " + longest.toMillis() / 1000.0 + " s");
        }
    }

    /**
     * Opens a file for reading, without following a link.
     *
     * @param folder opens the folder that it is in
     * @param file what it is called in messages
     * @param name its name in the folder
     * @param longest how long the caller waits
     * @throws NotInTimeException if it does not open in time
     * @throws InterruptedIOException if the caller is interrupted
     * @throws IOException if it cannot be opened
     */
    static SeekableByteChannel read(Folder folder, Path file, Path name, Duration longest) throws IOException {
        // A pipe may have got back the name that it did not have when it was given up.
        GIVEN_UP.forEach(TimedOpen::release);
        if (!PERMITS.tryAcquire()) {
            throw new FileSystemException(
                    file.toString(), null, MOST_AT_ONCE + " other files are being opened: try again in a moment");
        }
        TimedOpen opening = new TimedOpen(folder, file, name);
        Thread thread = new Thread(opening::run, "nbguard-open");
        thread.setDaemon(true);
        try {
            thread.start();
        } catch (OutOfMemoryError e) {
            PERMITS.release();
            throw new FileSystemException(file.toString(), null, "cannot be opened: no further thread can be started");
        }
        return opening.await(longest);
    }

    private void run() {
        try (SecureDirectoryStream<Path> at = folder.open()) {
            if (opened.isDone()) {
                return;
            }
            SeekableByteChannel channel =
                    at.newByteChannel(name, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
            if (!opened.complete(channel)) {
                channel.close();
            }
        } catch (Throwable e) {
            opened.completeExceptionally(e);
        } finally {
            PERMITS.release();
            GIVEN_UP.remove(this);
        }
    }

    private SeekableByteChannel await(Duration longest) throws IOException {
        try {
            return opened.get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return giveUp(new NotInTimeException(file, longest));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return giveUp(new InterruptedIOException("interrupted while " + file + " was opened"));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IOException(file + " cannot be opened", e.getCause());
        }
    }

    /** Gives the opening up, unless it has succeeded this moment. */
    private SeekableByteChannel giveUp(IOException why) throws IOException {
        GIVEN_UP.add(this);
        if (!opened.completeExceptionally(why)) {
            GIVEN_UP.remove(this);
            try {
                return opened.join();
            } catch (CompletionException e) {
                why.addSuppressed(e);
                throw why;
            }
        }
        release();
        throw why;
    }

    private void release() {
        try (SecureDirectoryStream<Path> at = folder.open()) {
            boolean mayBePipe = at.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .readAttributes()
                    .isOther();
            if (mayBePipe) {
                at.newByteChannel(
                                name,
                                Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS))
                        .close();
            }
        } catch (IOException gone) {
            // Tried again at the next opening.
        }
    }
}

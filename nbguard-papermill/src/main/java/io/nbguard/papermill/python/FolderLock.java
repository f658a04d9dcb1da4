package io.nbguard.papermill.python;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Lets one thread of one JVM on this machine at a time make something. Released by the kernel when its JVM dies. */
final class FolderLock implements AutoCloseable {

    private static final long AGAIN_MILLIS = 100;

    private final FileChannel channel;

    private FolderLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Waits for its turn.
     *
     * @param waiting called once, if another process holds the lock
     * @throws IOException if the file cannot be made or locked
     * @throws InterruptedException if this thread is interrupted
     */
    static FolderLock take(Path file, Runnable waiting) throws IOException, InterruptedException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            boolean noticed = false;
            while (tryLock(channel) == null) {
                if (!noticed) {
                    noticed = true;
                    waiting.run();
                }
                Thread.sleep(AGAIN_MILLIS);
            }
            return new FolderLock(channel);
        } catch (IOException | InterruptedException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException otherThread) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

package io.nbguard.papermill.run;

import io.nbguard.api.internal.UntrustedFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * How our script reports to this JVM what happens: it writes into a file, which is read as it is written. The console is of no use
 * for that, since kernels, and all that they start, write there too. The script opens the file before it starts a kernel,
 * passes the descriptor to no child, and removes its name, unless another JVM may have to find it.
 *
 * <p>The file is made of zeros, which the script overwrites: there is room in it when the disk is full. One thread.
 */
final class ScriptChannel implements Closeable {

    private static final int ROOM = 64 << 10;
    private static final int LARGEST = 64 << 20;
    private static final long PAUSE_MILLIS = 50;

    private final SeekableByteChannel file;

    private ScriptChannel(SeekableByteChannel file) {
        this.file = file;
    }

    /**
     * Makes the file, and opens it.
     *
     * @throws IOException if it cannot be made
     */
    static ScriptChannel create(Path file) throws IOException {
        try (var out = Files.newByteChannel(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer zeros = ByteBuffer.allocate(ROOM);
            while (zeros.hasRemaining()) {
                out.write(zeros);
            }
        }
        return open(file);
    }

    /**
     * Opens a file that a script writes to, or has written to.
     *
     * @throws IOException if it cannot be opened, or something else lies there
     */
    static ScriptChannel open(Path file) throws IOException {
        Path folder = file.getParent();
        return new ScriptChannel(UntrustedFiles.open(folder == null ? file : folder, file, LARGEST));
    }

    /**
     * Passes on everything from the beginning, until {@code ended} is at zero and all is read.
     *
     * @throws IOException if it cannot be read
     * @throws InterruptedException if this thread is interrupted
     */
    void follow(Consumer<CharSequence> reader, CountDownLatch ended) throws IOException, InterruptedException {
        ByteBuffer bytes = ByteBuffer.allocate(8192);
        long position = 0;
        // Looked at first: what was written before the end is then read.
        for (boolean last = false; ; last = ended.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
            int count;
            do {
                file.position(position);
                file.read(bytes.clear());
                count = written(bytes.flip());
                position += count;
                // Our script's JSON is ASCII.
                reader.accept(new String(bytes.array(), 0, count, StandardCharsets.US_ASCII));
            } while (count > 0 && position < LARGEST);
            if (last) {
                return;
            }
        }
    }

    private static int written(ByteBuffer bytes) {
        int count = 0;
        while (count < bytes.limit() && bytes.get(count) != 0) {
            count++;
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}

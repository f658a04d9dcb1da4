package io.nbguard.papermill.launch;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.BooleanSupplier;

/**
 * What other processes append to a file, from its beginning until they have ended. Whenever much was read the file is
 * emptied, so that it does not fill the disk: writers must append at the present end (O_APPEND). One thread.
 */
final class GrowingFile extends InputStream {

    private static final long MUCH = 1 << 20;
    private static final long PAUSE_MILLIS = 100;

    private final FileChannel file;
    private final BooleanSupplier ended;
    private final long much;
    private long position;

    /**
     * Opens it.
     *
     * @param ended whether all writers have ended
     * @throws IOException if it cannot be opened
     */
    GrowingFile(Path path, BooleanSupplier ended) throws IOException {
        this(path, ended, MUCH);
    }

    GrowingFile(Path path, BooleanSupplier ended, long much) throws IOException {
        file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        this.ended = ended;
        this.much = much;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (true) {
            // Asked first: what was written before the end is then read.
            boolean last = ended.getAsBoolean();
            int count = file.read(ByteBuffer.wrap(bytes, offset, length), position);
            if (count > 0) {
                position += count;
                return count;
            }
            if (last) {
                return -1;
            }
            // What is written between these two steps is lost: a line on a console, once in a megabyte.
            if (position >= much && file.size() == position) {
                file.truncate(0);
                position = 0;
            }
            pause();
        }
    }

    private static void pause() throws InterruptedIOException {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while reading a console");
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}

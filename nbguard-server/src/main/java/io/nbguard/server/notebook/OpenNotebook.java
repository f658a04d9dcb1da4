package io.nbguard.server.notebook;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/** A notebook's file, opened: a regular file of its folder, whatever its name leads to by now. For one thread. */
public final class OpenNotebook extends InputStream {

    private static final int OVERHEAD = 256 << 10;

    private final String name;
    private final long size;
    private final SeekableByteChannel channel;
    private long left;

    OpenNotebook(String name, SeekableByteChannel channel) throws IOException {
        this.name = name;
        this.channel = channel;
        size = channel.size();
        left = size;
    }

    /** Returns the file's own name. */
    public String name() {
        return name;
    }

    /** Returns how many bytes it had when it was opened, which is how many are read. */
    public long size() {
        return size;
    }

    /** Returns how much heap reading its cells takes at most, in bytes. */
    public long memory() {
        return OVERHEAD + Math.min(4 * size, CellReader.MOST_MEMORY);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] to, int from, int most) throws IOException {
        if (left == 0) {
            return -1;
        }
        int read = channel.read(ByteBuffer.wrap(to, from, (int) Math.min(most, left)));
        left -= Math.max(0, read);
        return read;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

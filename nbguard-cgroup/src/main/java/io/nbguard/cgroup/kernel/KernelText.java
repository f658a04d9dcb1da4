package io.nbguard.cgroup.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/**
 * The text of a kernel file with a cursor for parsing it in place. Reused for every read; allocates nothing. For one
 * thread.
 */
public final class KernelText {

    /** A piece shorter than this left room for another record, so there was none: most files take one read. */
    private static final int SURELY_ALL = 2048;

    /** Any number of so many digits fits a {@code long}. */
    private static final int SURELY_FITS = 18;

    private final ByteBuffer buffer;
    private final byte[] bytes;
    private int length;
    private int at;
    private long number;

    /** Makes room for {@code capacity} bytes; a longer file is cut there. */
    public KernelText(int capacity) {
        buffer = ByteBuffer.allocateDirect(capacity);
        bytes = new byte[capacity];
    }

    void fill(FileChannel channel) throws IOException {
        length = 0;
        at = 0;
        // A direct buffer: FileChannel would borrow one otherwise, and copy.
        buffer.clear();
        int read = channel.read(buffer, 0);
        // seq_file hands out whole records, up to a page at a time: a first piece of nearly a page may not be all.
        while (read > 0 && buffer.hasRemaining() && buffer.position() >= SURELY_ALL) {
            int more = channel.read(buffer, buffer.position());
            if (more <= 0) {
                break;
            }
        }
        length = buffer.position();
        buffer.get(0, bytes, 0, length);
    }

    /**
     * Reads a stream to its end, or until this is full. For threads that may be interrupted: a stream of a file does not
     * mind.
     *
     * @throws IOException if it cannot be read
     */
    public void fill(InputStream stream) throws IOException {
        length = 0;
        at = 0;
        int read;
        while (length < bytes.length && (read = stream.read(bytes, length, bytes.length - length)) > 0) {
            length += read;
        }
    }

    /** Makes this hold the first {@code size} bytes of {@code source}, which is left as it is. */
    public void set(ByteBuffer source, int size) {
        length = Math.min(size, bytes.length);
        at = 0;
        source.get(0, bytes, 0, length);
    }

    /** Makes this hold {@code text}: for parsing what did not come from a file. */
    public void set(String text) {
        byte[] source = text.getBytes(StandardCharsets.UTF_8);
        length = Math.min(source.length, bytes.length);
        System.arraycopy(source, 0, bytes, 0, length);
        at = 0;
    }

    /** Returns whether the text fills all the room there is, so that the file may have been longer. */
    public boolean isFull() {
        return length == bytes.length;
    }

    /** Returns how many bytes there is room for. */
    public int capacity() {
        return bytes.length;
    }

    /** Returns how many bytes there are. */
    public int length() {
        return length;
    }

    /** Returns the byte at {@code index}. */
    public byte byteAt(int index) {
        return bytes[index];
    }

    /** Returns where the cursor is. */
    public int position() {
        return at;
    }

    /** Puts the cursor at {@code position}. */
    public void position(int position) {
        at = position;
    }

    /** Returns whether the cursor is at the end. */
    public boolean atEnd() {
        return at >= length;
    }

    /** Moves the cursor behind the last {@code wanted} byte of the text. */
    public boolean seekAfterLast(char wanted) {
        return seekAfterLast(wanted, length);
    }

    /** As {@link #seekAfterLast(char)}, but looks at the first {@code within} bytes only. */
    public boolean seekAfterLast(char wanted, int within) {
        for (int i = Math.min(within, length) - 1; i >= 0; i--) {
            if (bytes[i] == wanted) {
                at = i + 1;
                return true;
            }
        }
        return false;
    }

    /** Skips {@code fields} fields that are separated by single spaces; the cursor must be at the beginning of one. */
    public void skipFields(int fields) {
        int left = fields;
        int i = at;
        while (left > 0 && i < length) {
            if (bytes[i++] == ' ') {
                left--;
            }
        }
        at = i;
    }

    /** Moves the cursor to the beginning of the next line. */
    public void nextLine() {
        while (at < length && bytes[at++] != '\n') {
            // searching
        }
    }

    /**
     * Puts the cursor behind {@code key} of the first line that begins with {@code key} followed by a space, tab or
     * colon. Finds by name, never by position: newer kernels add lines anywhere.
     */
    public boolean seekKey(byte[] key) {
        at = 0;
        while (at < length) {
            if (lineBeginsWith(key)) {
                at += key.length + 1;
                return true;
            }
            nextLine();
        }
        return false;
    }

    private boolean lineBeginsWith(byte[] key) {
        int end = at + key.length;
        if (end >= length || (bytes[end] != ' ' && bytes[end] != '\t' && bytes[end] != ':')) {
            return false;
        }
        for (int i = 0; i < key.length; i++) {
            if (bytes[at + i] != key[i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * Skips blanks and reads a decimal number, leaving the cursor on the byte behind it.
     *
     * @throws NumberFormatException if there is none, or it does not fit 64 bits
     */
    public long parseLong() {
        if (!scanNumber()) {
            throw new NumberFormatException("expected a number of at most 64 bits before byte " + at + " of: " + this);
        }
        return number;
    }

    /**
     * As {@link #parseLong()}, but returns {@code otherwise} where there is no number that fits: for files that are read
     * many times a second, where an exception each time would cost more than the reading.
     */
    public long parseLongOr(long otherwise) {
        return scanNumber() ? number : otherwise;
    }

    /** Returns whether the cursor is at the end of a line, or of the text. */
    public boolean atLineEnd() {
        return at >= length || bytes[at] == '\n';
    }

    private boolean scanNumber() {
        // In locals, and without a look for overflow before it can be: this is what a tick does most.
        int i = at;
        while (i < length && (bytes[i] == ' ' || bytes[i] == '\t')) {
            i++;
        }
        boolean negative = i < length && bytes[i] == '-';
        if (negative) {
            i++;
        }
        int begin = i;
        long value = 0;
        while (i < length) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            i++;
            if (i - begin > SURELY_FITS && value > (Long.MAX_VALUE - digit) / 10) {
                at = i;
                return false;
            }
            value = value * 10 + digit;
        }
        at = i;
        number = negative ? -value : value;
        return i > begin;
    }

    /** Returns whether {@code word} stands at the cursor. */
    public boolean startsWith(byte[] word) {
        if (at + word.length > length) {
            return false;
        }
        for (int i = 0; i < word.length; i++) {
            if (bytes[at + i] != word[i]) {
                return false;
            }
        }
        return true;
    }

    /** Returns the bytes between two positions as a string. Allocates. */
    public String substring(int begin, int end) {
        return new String(bytes, begin, end - begin, StandardCharsets.UTF_8);
    }

    /** Returns the whole text. Allocates. */
    @Override
    public String toString() {
        return substring(0, length);
    }
}

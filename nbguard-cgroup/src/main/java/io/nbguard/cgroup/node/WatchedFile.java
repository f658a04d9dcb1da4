package io.nbguard.cgroup.node;

import io.nbguard.cgroup.kernel.KernelFile;
import io.nbguard.cgroup.kernel.KernelText;
import io.nbguard.spi.probe.Gauge;
import io.nbguard.spi.probe.NodeGauges;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A kernel file that is read at every tick and may be missing, closed to us, or gone at any of them. It says why, never
 * throws, and is tried again once a second: an exception at every tick would cost more than all the reading.
 *
 * <p>For one thread; allocates nothing unless a read fails.
 */
public final class WatchedFile implements Closeable {

    private static final String ABSENT = "no such file";
    private static final String GONE = "the file has gone";
    static final String MALFORMED = "the file does not hold what was expected";

    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Path path;
    private final File file;
    private final String source;
    private final Desk desk;
    private @Nullable KernelFile open;
    private String reason = "not read yet";
    private boolean seen;
    private boolean waiting;
    private long retryAtNanos;
    private long value;

    /**
     * Names a file; it is opened when it is first read.
     *
     * @param kind the first word of the source that readings carry
     */
    public WatchedFile(Path path, String kind, Desk desk) {
        this.path = path;
        this.file = path.toFile();
        this.source = kind + " " + path;
        this.desk = desk;
    }

    /** What the files of one session share, as only one of them is read at a time: room for its text, and a clock. */
    public static final class Desk {

        private static final int ROOM = 16 * 1024;
        private static final int MOST_ROOM = 1024 * 1024;

        private final LongSupplier nanoTime;
        private KernelText text = new KernelText(ROOM);

        /**
         * Makes one.
         *
         * @param nanoTime a clock that only goes forward, in nanoseconds
         */
        public Desk(LongSupplier nanoTime) {
            this.nanoTime = nanoTime;
        }

        private void read(KernelFile file) throws IOException {
            file.read(text);
            // A file cut in the middle of a line would give a wrong number. Grows once, and stays.
            while (text.isFull() && text.capacity() < MOST_ROOM) {
                text = new KernelText(2 * text.capacity());
                file.read(text);
            }
        }
    }

    /** Reads the file; returns whether that worked. Its text stays until the next file of the session is read. */
    public boolean read() {
        boolean kept = open != null;
        if (!kept && waiting && desk.nanoTime.getAsLong() - retryAtNanos < 0) {
            return false;
        }
        // A group that was removed and made again has another file behind the same name: then the second try finds it.
        if (tryRead() || (kept && tryRead())) {
            waiting = false;
            return true;
        }
        waiting = true;
        retryAtNanos = desk.nanoTime.getAsLong() + RETRY_NANOS;
        return false;
    }

    private boolean tryRead() {
        try {
            if (open == null) {
                if (waiting && !file.exists()) {
                    return false;
                }
                open = KernelFile.open(path);
            }
            desk.read(open);
            seen = true;
            return true;
        } catch (NoSuchFileException e) {
            reason = seen ? GONE : ABSENT;
        } catch (IOException e) {
            reason = KernelFile.reason(e);
        }
        close();
        return false;
    }

    /**
     * Reads a file that holds one number of 0 or more; returns whether that worked. The number is {@link #value()}.
     */
    public boolean readNumber() {
        if (!read()) {
            return false;
        }
        value = desk.text.parseLongOr(-1);
        if (value < 0 || !desk.text.atLineEnd()) {
            reason = MALFORMED;
            return false;
        }
        return true;
    }

    /** Returns the number that was read last. */
    public long value() {
        return value;
    }

    /** Finds the number of a key in the text that was read; -1, which no such number is, if it is not there. */
    public long find(Key key) {
        return desk.text.seekKey(key.bytes()) ? desk.text.parseLongOr(-1) : -1;
    }

    /** Says that the text was read, but is not what was expected; returns false. */
    boolean malformed() {
        reason = MALFORMED;
        return false;
    }

    /** Reads the file's one number into a gauge. */
    void report(Gauge gauge, NodeGauges into) {
        if (readNumber()) {
            into.set(gauge, value, source);
        } else {
            into.unavailable(gauge, reason, source);
        }
    }

    /** Puts the number of a key of the text that was read into a gauge. */
    void report(Key key, Gauge gauge, NodeGauges into) {
        long number = find(key);
        if (number < 0) {
            into.unavailable(gauge, key.missing(), source);
        } else {
            into.set(gauge, number, source);
        }
    }

    /** Says in a gauge why the last read failed. */
    void reportUnreadable(Gauge gauge, NodeGauges into) {
        into.unavailable(gauge, reason, source);
    }

    /** Returns the text that was read. */
    public KernelText text() {
        return desk.text;
    }

    /** Returns whether there was never such a file, as opposed to one that cannot be read or has gone. */
    public boolean isAbsent() {
        return reason.equals(ABSENT) && !seen;
    }

    /** Returns why the last read failed. */
    public String reason() {
        return reason;
    }

    /** Returns where it reads, for a reading's source; the same string every time. */
    String source() {
        return source;
    }

    @Override
    public void close() {
        if (open != null) {
            open.close();
            open = null;
        }
    }
}

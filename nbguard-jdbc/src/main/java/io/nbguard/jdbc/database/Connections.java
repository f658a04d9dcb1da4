package io.nbguard.jdbc.database;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one store: one that writes, and a few that read and are kept for the next reader. A connection on
 * which anything failed is closed; an idle one may have died unnoticed (a server was restarted), so its work is tried once
 * more on a new one. Writing twice is harmless: all that is written may be written again.
 *
 * <p>For any thread.
 */
public final class Connections implements AutoCloseable {

    private static final int READERS = 4;
    private static final int READER_SECONDS = 30;
    private static final int TIMEOUT_SECONDS = 2;

    private final Database database;
    private final Semaphore reading = new Semaphore(READERS);
    private final ReentrantLock writing = new ReentrantLock();
    private final ReentrantLock idleLock = new ReentrantLock();
    private final Deque<Connection> idle = new ArrayDeque<>();
    private volatile @Nullable Connection writer;
    private volatile boolean closed;

    /** Makes them; nothing is opened yet. */
    public Connections(Database database) {
        this.database = database;
    }

    /**
     * What is to be done with a connection.
     *
     * @param <T> what comes out
     */
    @FunctionalInterface
    public interface Work<T> {
        /** Does it. */
        T on(Connection connection) throws SQLException, IOException;
    }

    /** Reads. */
    public <T> T read(Work<T> work) throws IOException {
        if (!await()) {
            throw new IOException(database.description() + " is busy: " + READERS + " readers have been at it for "
                    + READER_SECONDS + " s");
        }
        try {
            Connection waiting = takeIdle();
            if (waiting != null) {
                try {
                    return readOn(waiting, work);
                } catch (SQLException e) {
                    closeIdle();
                }
            }
            return readOn(open(), work);
        } catch (SQLException e) {
            throw database.failure("cannot read", e);
        } finally {
            reading.release();
        }
    }

    private boolean await() throws IOException {
        try {
            return reading.tryAcquire(READER_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting to read " + database.description(), e);
        }
    }

    private <T> T readOn(Connection connection, Work<T> work) throws SQLException, IOException {
        boolean well = false;
        try {
            T result = work.on(connection);
            well = true;
            return result;
        } finally {
            if (well) {
                giveBack(connection);
            } else {
                closeQuietly(connection);
            }
        }
    }

    /** Writes in one transaction: all of it, or nothing. */
    public <T> T write(Work<T> work) throws IOException {
        writing.lock();
        try {
            Connection lying = writer;
            if (lying != null) {
                try {
                    return writeOn(lying, work);
                } catch (SQLException e) {
                    if (closed) {
                        throw e;
                    }
                }
            }
            Connection fresh = open();
            writer = fresh;
            return writeOn(fresh, work);
        } catch (SQLException e) {
            throw database.failure("cannot write to", e);
        } finally {
            writing.unlock();
        }
    }

    private <T> T writeOn(Connection connection, Work<T> work) throws SQLException, IOException {
        boolean well = false;
        try {
            // Not commit(): SQLite's driver then begins a new transaction at once, and keeps others from writing.
            connection.setAutoCommit(false);
            T result = work.on(connection);
            connection.setAutoCommit(true);
            well = true;
            return result;
        } finally {
            if (!well) {
                // Closing rolls back, on a connection that is dead as on one that lives.
                writer = null;
                rollBackQuietly(connection);
                closeQuietly(connection);
            }
        }
    }

    private Connection open() throws SQLException, IOException {
        if (closed) {
            throw new IOException(database.description() + " has been closed");
        }
        return database.source().getConnection();
    }

    private @Nullable Connection takeIdle() {
        idleLock.lock();
        try {
            return idle.poll();
        } finally {
            idleLock.unlock();
        }
    }

    private void giveBack(Connection connection) {
        idleLock.lock();
        try {
            if (!closed) {
                idle.push(connection);
                return;
            }
        } finally {
            idleLock.unlock();
        }
        closeQuietly(connection);
    }

    private void closeIdle() {
        for (Connection next = takeIdle(); next != null; next = takeIdle()) {
            closeQuietly(next);
        }
    }

    private static void rollBackQuietly(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // It is closed next.
        }
    }

    private static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // There is nothing left to lose: what was committed is kept, what was not is gone.
        }
    }

    /**
     * Closes all; readers under way close theirs when they are done. A write under way is given a moment; if it hangs (a
     * server that does not answer), it is broken off where the database allows that, and waited for where it does not.
     */
    @Override
    public void close() {
        idleLock.lock();
        try {
            closed = true;
        } finally {
            idleLock.unlock();
        }
        closeIdle();
        Connection hanging = writer;
        if (!isFreeSoon() && hanging != null) {
            database.breakOff(hanging);
        }
        writing.lock();
        try {
            Connection last = writer;
            writer = null;
            if (last != null) {
                closeQuietly(last);
            }
        } finally {
            writing.unlock();
        }
    }

    private boolean isFreeSoon() {
        try {
            if (writing.tryLock(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                writing.unlock();
                return true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }
}

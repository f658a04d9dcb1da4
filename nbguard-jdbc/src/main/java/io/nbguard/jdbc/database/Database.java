package io.nbguard.jdbc.database;

import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.store.StoreFullException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;

/** One database, and all in which it differs from the others. For any thread. */
public sealed interface Database permits SqliteDatabase, PostgresDatabase {

    /** Returns what it is and where, for people, without secrets. */
    String description();

    /** Makes what must be there before it can be connected to. */
    void prepare() throws UnavailableException;

    /** Returns what connects to it: each connection is new. */
    DataSource source();

    /** Returns its name in the names of migrations of its own. */
    String product();

    /** Returns what differs in the text of the migrations. */
    Map<String, String> placeholders();

    /**
     * Locks a name until the transaction ends: of those that lock the same, one goes on, and sees what the one before has
     * written. A lock on a row would not do: there may be none yet, and another may take its place.
     */
    void lock(Connection connection, String name) throws SQLException;

    /**
     * Takes the right to thin out and to remove, within the transaction under way.
     *
     * @return false if another guard is at it
     */
    boolean lockForMaintenance(Connection connection) throws SQLException;

    /** Returns whether to try the same again at once would be of no use. */
    boolean isLasting(SQLException error);

    /** Returns whether there is no room left, on a disk or under a limit. */
    boolean isFull(SQLException error);

    /** Makes the work on a connection fail at once, if that can be done from another thread. */
    void breakOff(Connection connection);

    /** Returns what an error means, and what a person can do about it. */
    Explanation explain(SQLException error);

    /** Returns an error as callers of the store get it. */
    default IOException failure(String what, SQLException error) {
        Explanation meaning = explain(error);
        String message = what + " " + description() + ": " + meaning.reason()
                + (meaning.cure().isEmpty() ? "" : " (" + meaning.cure() + ")");
        return isFull(error) ? new StoreFullException(message, error) : new IOException(message, error);
    }

    /** Returns an error as it is reported when the store is opened. */
    default UnavailableException unavailable(SQLException error) {
        Explanation meaning = explain(error);
        UnavailableException told =
                new UnavailableException(description() + " cannot be used: " + meaning.reason(), meaning.cure());
        told.initCause(error);
        return told;
    }

    /**
     * What an error means.
     *
     * @param reason what is wrong
     * @param cure what to do about it; may be empty
     */
    record Explanation(String reason, String cure) {

        /** Returns the database's own words, on one line. */
        static Explanation inItsOwnWords(SQLException error) {
            return new Explanation(words(error), "");
        }

        static String words(SQLException error) {
            String message = error.getMessage();
            return message == null ? error.toString() : message.strip().replaceAll("\\s*\\R\\s*", "; ");
        }
    }
}

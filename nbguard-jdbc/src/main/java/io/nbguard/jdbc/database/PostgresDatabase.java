package io.nbguard.jdbc.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A PostgreSQL database. Options in its URL are passed on; where they do not say otherwise, nothing waits for ever. */
public final class PostgresDatabase implements Database {

    /** How its URLs begin. */
    public static final String SCHEME = "jdbc:postgresql:";

    private static final int CONNECT_SECONDS = 10;
    private static final int ANSWER_SECONDS = 60;
    // Any number that no other program uses: "nbguard" in ASCII.
    private static final long MAINTENANCE = 0x6e6267756172_64L;
    // Likewise, so that names have other numbers than those of other programs.
    private static final long NAMES = MAINTENANCE + 1;
    // No connection, no access, no such database, no right, no room, being stopped.
    private static final List<String> LASTING = List.of("08", "28", "3D", "42501", "53", "57");

    private final String description;
    private final PGSimpleDataSource source;

    private PostgresDatabase(String description, PGSimpleDataSource source) {
        this.description = description;
        this.source = source;
    }

    /**
     * Reads a URL.
     *
     * @throws IllegalArgumentException if it is none of PostgreSQL's
     */
    public static PostgresDatabase of(String url, Optional<String> user, Optional<String> password) {
        // What follows the question mark may hold a password.
        String shown = url.replaceFirst("\\?.*$", "").replaceFirst("//[^/@]*@", "//");
        PGSimpleDataSource source = new PGSimpleDataSource();
        try {
            source.setUrl(url);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'" + shown + "' is not understood: expected jdbc:postgresql://host:port/database", e);
        }
        user.ifPresent(source::setUser);
        password.ifPresent(source::setPassword);
        if (!url.contains("connectTimeout=")) {
            source.setConnectTimeout(CONNECT_SECONDS);
        }
        if (!url.contains("loginTimeout=")) {
            source.setLoginTimeout(CONNECT_SECONDS);
        }
        if (!url.contains("socketTimeout=")) {
            source.setSocketTimeout(ANSWER_SECONDS);
        }
        if (!url.contains("tcpKeepAlive=")) {
            source.setTcpKeepAlive(true);
        }
        if (!url.contains("ApplicationName=")) {
            source.setApplicationName("nbguard");
        }
        return new PostgresDatabase("PostgreSQL " + shown.substring("jdbc:".length()), source);
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public void prepare() {}

    @Override
    public DataSource source() {
        return source;
    }

    @Override
    public String product() {
        return "postgresql";
    }

    @Override
    public Map<String, String> placeholders() {
        return Map.of("serial", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "by_key", "");
    }

    @Override
    public void lock(Connection connection, String name) throws SQLException {
        try (PreparedStatement ask =
                connection.prepareStatement("SELECT pg_advisory_xact_lock(hashtextextended(?, ?))")) {
            ask.setString(1, name);
            ask.setLong(2, NAMES);
            ask.execute();
        }
    }

    @Override
    public boolean lockForMaintenance(Connection connection) throws SQLException {
        try (PreparedStatement ask = connection.prepareStatement("SELECT pg_try_advisory_xact_lock(?)")) {
            ask.setLong(1, MAINTENANCE);
            try (ResultSet answer = ask.executeQuery()) {
                return answer.next() && answer.getBoolean(1);
            }
        }
    }

    @Override
    public void breakOff(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // Then it ends with its time limit.
        }
    }

    @Override
    public boolean isLasting(SQLException error) {
        String state = state(error);
        return LASTING.stream().anyMatch(state::startsWith);
    }

    @Override
    public boolean isFull(SQLException error) {
        return state(error).equals("53100");
    }

    private static String state(SQLException error) {
        return error.getSQLState() == null ? "" : error.getSQLState();
    }

    @Override
    public Explanation explain(SQLException error) {
        String state = state(error);
        String words = Explanation.words(error);
        if (state.startsWith("08")) {
            return new Explanation(words, "is the server up, and does history.url name the right host and port?");
        }
        if (state.startsWith("28")) {
            return new Explanation(words, "check history.user and history.password");
        }
        return switch (state) {
            case "3D000" -> new Explanation(words, "make the database, or name another one in history.url");
            case "42501" -> new Explanation(words, "the user must be allowed to create tables in the schema");
            case "53100" -> new Explanation("the server's disk is full", "free some space there");
            case "53300" -> new Explanation(words, "the server has no connection left: raise max_connections");
            case "57P01", "57P02", "57P03" -> new Explanation(words, "the server is being started or stopped");
            default -> Explanation.inItsOwnWords(error);
        };
    }
}

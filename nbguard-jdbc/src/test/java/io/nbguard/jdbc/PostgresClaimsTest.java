package io.nbguard.jdbc;

import io.nbguard.spi.HistorySession;
import io.nbguard.spi.UnavailableException;
import java.sql.DriverManager;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("slow")
@ExtendWith(PostgresExtension.class)
class PostgresClaimsTest extends ClaimContract {

    private static PostgresServer server;

    private final String database = server.newDatabase();

    @BeforeAll
    static void take(PostgresServer running) {
        server = running;
    }

    @Override
    HistorySession open() throws UnavailableException {
        return new JdbcHistoryStore()
                .open(Map.of(
                        "history.url", server.url(database),
                        "history.user", PostgresServer.USER,
                        "history.password", PostgresServer.PASSWORD));
    }

    @Override
    HistorySession another() throws UnavailableException {
        return open();
    }

    @Override
    long claimsKept() throws Exception {
        try (var raw = DriverManager.getConnection(server.url(database), PostgresServer.USER, PostgresServer.PASSWORD);
                var ask = raw.createStatement();
                var rows = ask.executeQuery("SELECT COUNT(*) FROM nbguard_claims")) {
            rows.next();
            return rows.getLong(1);
        }
    }
}

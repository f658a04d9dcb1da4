package io.nbguard.jdbc;

import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.store.HistorySession;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

class SqliteClaimsTest extends ClaimContract {

    @TempDir
    Path folder;

    private String url() {
        return "jdbc:sqlite:" + folder.resolve("history.db");
    }

    @Override
    HistorySession open() throws UnavailableException {
        return new JdbcHistoryStore().open(new PluginConfig(Map.of("history.url", url())));
    }

    @Override
    HistorySession another() throws UnavailableException {
        return open();
    }

    @Override
    long claimsKept() throws Exception {
        try (var raw = DriverManager.getConnection(url());
                var ask = raw.createStatement();
                var rows = ask.executeQuery("SELECT COUNT(*) FROM nbguard_claims")) {
            return rows.getLong(1);
        }
    }
}

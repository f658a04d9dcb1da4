package io.nbguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.nbguard.api.GuardException;
import io.nbguard.api.history.HistoryQuery;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.store.HistoryEntry;
import java.io.IOException;
import java.net.ServerSocket;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("slow")
@ExtendWith(PostgresExtension.class)
class PostgresHistoryTest extends SqlStoreContract {

    private static PostgresServer server;

    // JUnit makes an instance for each test: a database for each as well.
    private final String database = server.newDatabase();

    @BeforeAll
    static void take(PostgresServer running) {
        server = running;
    }

    @Override
    Map<String, String> configuration() {
        return Map.of(
                "history.url", server.url(database),
                "history.user", PostgresServer.USER,
                "history.password", PostgresServer.PASSWORD);
    }

    private PluginConfig with(String setting, String value) {
        Map<String, String> changed = new HashMap<>(configuration());
        changed.put(setting, value);
        return new PluginConfig(changed);
    }

    @Test
    void itGoesOnByItselfWhenTheServerIsBack() throws Exception {
        write(new HistoryEntry.OfEvent(event(1, "before")));
        assertThat(store.events(HistoryQuery.latest(9)).items()).hasSize(1);

        server.stop();
        try {
            assertThatThrownBy(() -> write(new HistoryEntry.OfEvent(event(2, "lost for now"))))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot write to PostgreSQL")
                    .hasMessageContaining("is the server up");
            assertThatThrownBy(() -> store.unfinished())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot read PostgreSQL");
            assertThatThrownBy(() -> store.maintain(NOON)).isInstanceOf(IOException.class);
        } finally {
            server.start();
        }

        write(new HistoryEntry.OfEvent(event(2, "written again")));
        assertThat(store.events(HistoryQuery.latest(9)).items()).hasSize(2);
    }

    @Test
    void anUnnoticedRestartIsNoFailure() throws Exception {
        write(new HistoryEntry.OfEvent(event(1, "before")));
        assertThat(store.events(HistoryQuery.latest(9)).items()).hasSize(1);

        server.stop();
        server.start();

        assertThat(store.events(HistoryQuery.latest(9)).items()).hasSize(1);
        write(new HistoryEntry.OfEvent(event(2, "after")));
        assertThat(store.events(HistoryQuery.latest(9)).items()).hasSize(2);
    }

    @Test
    void aWriteThatHangsIsBrokenOffByClosing() throws Exception {
        write(new HistoryEntry.OfEvent(event(1, "before")));
        try (var raw = raw();
                var statement = raw.createStatement()) {
            raw.setAutoCommit(false);
            statement.execute("LOCK TABLE nbguard_events IN ACCESS EXCLUSIVE MODE");
            CompletableFuture<Throwable> outcome = CompletableFuture.supplyAsync(
                    () -> catchThrowable(() -> write(new HistoryEntry.OfEvent(event(2, "hangs")))));
            await().atMost(Duration.ofMinutes(1)).until(() -> isASessionWaiting(statement));

            store.close();

            assertThat(outcome.get(30, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
        }
    }

    private static boolean isASessionWaiting(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM pg_locks WHERE NOT granted")) {
            rows.next();
            return rows.getInt(1) > 0;
        }
    }

    @Test
    void onlyOneOfTwoGuardsMaintainsAtATime() throws Exception {
        try (var other = open();
                var raw = raw();
                var statement = raw.createStatement()) {
            raw.setAutoCommit(false);
            write(new HistoryEntry.OfEvent(event(0, "old")));
            statement.execute("SELECT pg_advisory_xact_lock(" + 0x6e6267756172_64L + ")");
            other.maintain(NOON.plusSeconds(86_400 * 365));
            assertThat(store.events(HistoryQuery.latest(9)).items()).hasSize(1);

            raw.rollback();
            other.maintain(NOON.plusSeconds(86_400 * 365));
            assertThat(store.events(HistoryQuery.latest(9)).items()).isEmpty();
        }
    }

    @Test
    void aWrongPasswordIsToldWithItsCureAndNeverShown() {
        assertThatThrownBy(() -> new JdbcHistoryStore().open(with("history.password", "wr0ng-secret")))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("password authentication failed")
                .hasMessageNotContaining("wr0ng-secret")
                .extracting(e -> ((UnavailableException) e).cure())
                .isEqualTo("check history.user and history.password");
    }

    @Test
    void aServerOrADatabaseThatIsNotThereIsTold() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        assertThatThrownBy(() -> new JdbcHistoryStore()
                        .open(with("history.url", "jdbc:postgresql://127.0.0.1:" + free + "/x?password=hidden")))
                .isInstanceOf(UnavailableException.class)
                .hasMessageStartingWith("PostgreSQL postgresql://127.0.0.1:" + free + "/x cannot be used")
                .hasMessageNotContaining("hidden");
        assertThatThrownBy(() -> new JdbcHistoryStore().open(with("history.url", server.url("no_such_database"))))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("no_such_database")
                .extracting(e -> ((UnavailableException) e).cure())
                .isEqualTo("make the database, or name another one in history.url");
    }

    @Test
    void aUrlThatIsNoneIsRefusedWithoutItsPassword() {
        assertThatThrownBy(() -> new JdbcHistoryStore()
                        .open(with("history.url", "jdbc:postgresql://host:notaport/x?password=hidden")))
                .isInstanceOf(GuardException.class)
                .hasMessageContaining("'jdbc:postgresql://host:notaport/x' is not understood")
                .hasMessageNotContaining("hidden");
    }

    @Test
    void itSaysWhatItIsAndWhereWithoutSecrets() {
        assertThat(store.description())
                .isEqualTo("PostgreSQL " + server.url(database).substring("jdbc:".length()) + ", tables nbguard_…")
                .doesNotContain(PostgresServer.PASSWORD);
    }
}

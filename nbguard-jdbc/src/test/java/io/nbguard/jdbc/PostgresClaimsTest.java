package io.nbguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nbguard.api.ScheduleId;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.schedule.ScheduleState;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.store.FireAnswer;
import io.nbguard.spi.store.HistoryEntry;
import io.nbguard.spi.store.HistorySession;
import io.nbguard.spi.store.StoredSchedule;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("slow")
@ExtendWith(PostgresExtension.class)
class PostgresClaimsTest extends ClaimContract {

    private static final Instant LATER = NOON.plusSeconds(60);

    private static PostgresServer server;

    private final String database = server.newDatabase();

    @BeforeAll
    static void take(PostgresServer running) {
        server = running;
    }

    @Override
    HistorySession open() throws UnavailableException {
        return new JdbcHistoryStore()
                .open(new PluginConfig(Map.of(
                        "history.url", server.url(database),
                        "history.user", PostgresServer.USER,
                        "history.password", PostgresServer.PASSWORD)));
    }

    @Override
    HistorySession another() throws UnavailableException {
        return open();
    }

    private Connection raw() throws SQLException {
        return DriverManager.getConnection(server.url(database), PostgresServer.USER, PostgresServer.PASSWORD);
    }

    /** Waits until so many transactions of this database wait for a lock that another one has. */
    private void awaitWaiting(Connection raw, int count) {
        await().atMost(Duration.ofMinutes(1)).until(() -> {
            try (var ask = raw.createStatement();
                    var rows = ask.executeQuery("SELECT COUNT(*) FROM pg_stat_activity"
                            + " WHERE datname = current_database() AND wait_event_type = 'Lock'")) {
                rows.next();
                return rows.getInt(1) == count;
            }
        });
    }

    /** Has one guard write schedules while {@code meanwhile} runs, and does not let it end before that waits for it. */
    private <T> T whileAnotherWrites(StoredSchedule written, Callable<T> meanwhile) throws Exception {
        StoredSchedule later = named(written, "zz");
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (HistorySession other = another();
                Connection blocking = raw();
                Connection looking = raw()) {
            blocking.setAutoCommit(false);
            try (var block = blocking.createStatement()) {
                // An uncommitted row is visible to no other session, but blocks a session that inserts the same key.
                block.executeUpdate(
                        "INSERT INTO nbguard_schedules (id, state, schedule) VALUES ('zz', 'ACTIVE', 'nothing')");
            }
            Future<?> writing = threads.submit(() -> {
                other.write(List.of(new HistoryEntry.OfSchedule(written), new HistoryEntry.OfSchedule(later)));
                return true;
            });
            awaitWaiting(looking, 1);
            Future<T> result = threads.submit(meanwhile);
            awaitWaiting(looking, 2);
            blocking.rollback();
            writing.get(60, TimeUnit.SECONDS);
            return result.get(60, TimeUnit.SECONDS);
        } finally {
            threads.shutdownNow();
        }
    }

    private static StoredSchedule named(StoredSchedule stored, String id) {
        Schedule like = stored.schedule();
        return new StoredSchedule(
                new Schedule(
                        new ScheduleId(id),
                        like.spec(),
                        like.createdAt(),
                        like.state(),
                        like.nextFireAt(),
                        like.lastFire(),
                        like.underWay(),
                        like.started(),
                        like.skipped()),
                stored.changedAt(),
                stored.removed());
    }

    private void assertNewOneStands() throws Exception {
        assertThat(store.schedules()).anySatisfy(stored -> {
            assertThat(stored.schedule().id()).isEqualTo(NIGHTLY);
            assertThat(stored.schedule().createdAt()).isEqualTo(LATER);
        });
    }

    @Test
    void aClaimThatMeetsTheReplacementOfARemovedScheduleSeesTheNewOne() throws Exception {
        write(new HistoryEntry.OfSchedule(schedule(0)), new HistoryEntry.ScheduleRemoved(NIGHTLY, NOON, NOON));
        StoredSchedule anew = schedule(0, LATER, LATER, ScheduleState.ACTIVE);

        FireAnswer answer = whileAnotherWrites(anew, () -> store.claim(claim(0)));

        assertThat(answer).isInstanceOfSatisfying(FireAnswer.Overtaken.class, overtaken -> assertThat(
                        overtaken.schedule().schedule().createdAt())
                .isEqualTo(LATER));
        assertNewOneStands();
    }

    @Test
    void aClaimThatMeetsTheFirstWriteOfAScheduleSeesIt() throws Exception {
        StoredSchedule anew = schedule(0, LATER, LATER, ScheduleState.ACTIVE);

        FireAnswer answer = whileAnotherWrites(anew, () -> store.claim(claim(0)));

        assertThat(answer).isInstanceOf(FireAnswer.Overtaken.class);
        assertNewOneStands();
    }

    @Test
    void aWriteThatMeetsTheReplacementOfARemovedScheduleIsMergedWithTheNewOne() throws Exception {
        write(new HistoryEntry.OfSchedule(schedule(0)), new HistoryEntry.ScheduleRemoved(NIGHTLY, NOON, NOON));
        StoredSchedule anew = schedule(0, LATER, LATER, ScheduleState.ACTIVE);

        whileAnotherWrites(anew, () -> {
            write(new HistoryEntry.OfSchedule(schedule(3)));
            return true;
        });

        assertNewOneStands();
    }

    @Override
    long claimsKept() throws Exception {
        try (var raw = raw();
                var ask = raw.createStatement();
                var rows = ask.executeQuery("SELECT COUNT(*) FROM nbguard_claims")) {
            rows.next();
            return rows.getLong(1);
        }
    }
}

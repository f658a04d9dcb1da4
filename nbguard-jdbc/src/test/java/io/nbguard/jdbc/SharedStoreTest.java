package io.nbguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.schedule.ScheduleSpec;
import io.nbguard.api.schedule.ScheduleState;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.store.HistoryEntry;
import io.nbguard.spi.store.HistorySession;
import io.nbguard.spi.store.StoredSchedule;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Guards of several processes with one store, which are killed at random: each fire is launched once, and none is lost that was
 * not launched.
 */
@Tag("slow")
@ExtendWith(PostgresExtension.class)
class SharedStoreTest {

    private static final Duration TIMEOUT = Duration.ofMinutes(6);
    private static final int KILLS = 8;
    // So many claims a host lives to hear of, on average.
    private static final int CLAIMS_OF_A_LIFE = 150;
    private static final Duration GRACE = Duration.ofMinutes(10);

    // What the column launch says.
    private static final int LAUNCHED = 1;
    private static final int TAKEN_OVER = 2;

    private static PostgresServer server;

    @TempDir
    Path folder;

    private final List<Host> hosts = new ArrayList<>();
    private final Random random = new Random(4711);
    private Map<String, String> configuration = Map.of();
    private final List<Schedule> ended = new ArrayList<>();

    @BeforeAll
    static void take(PostgresServer running) {
        server = running;
    }

    @BeforeEach
    void makeANotebook() throws IOException {
        Files.writeString(Files.createDirectories(folder.resolve("notebooks")).resolve("a.ipynb"), "{}");
        Files.createFile(folder.resolve("launches"));
    }

    @AfterEach
    void killAll() throws InterruptedException {
        for (Host host : hosts) {
            host.kill();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 5})
    void eachOfAThousandFiresIsActedOnOnceWhenHostsOfOnePostgresqlAreKilled(int guards) throws Exception {
        configuration = Map.of(
                "history.url", server.url(server.newDatabase()),
                "history.user", PostgresServer.USER,
                "history.password", PostgresServer.PASSWORD);

        runAndKill(guards, 50, 1_000);
    }

    @Test
    void eachFireIsActedOnOnceWhenHostsOfOneSqliteFileAreKilled() throws Exception {
        configuration = Map.of("history.url", "jdbc:sqlite:" + folder.resolve("history.db"));

        runAndKill(2, 20, 300);
    }

    /** Has guards run schedules that fire each second, kills them meanwhile, and looks at what came of it. */
    private void runAndKill(int guards, int schedules, int fires) throws Exception {
        try (HistorySession store = open()) {
            for (int i = 0; i < guards; i++) {
                hosts.add(Host.start(folder, configuration, random.nextLong(), CLAIMS_OF_A_LIFE));
            }
            await().atMost(TIMEOUT).until(() -> hosts.stream().allMatch(Host::isOpen));
            // Added by another guard while they run, due at once: nothing depends on when they notice.
            Instant start = Instant.now();
            for (int i = 0; i < schedules; i++) {
                store.write(List.of(new HistoryEntry.OfSchedule(schedule(i, start))));
            }
            int kills = 0;
            while (kills < KILLS || started(store) < fires) {
                assertThat(Instant.now())
                        .as("%d kills, %d fires", kills, started(store))
                        .isBefore(start.plus(TIMEOUT));
                // No synchronisation: kills come at any moment.
                TimeUnit.MILLISECONDS.sleep(50 + random.nextInt(500));
                Host victim = hosts.get(random.nextInt(guards));
                if (victim.isOpen() && random.nextInt(4) == 0) {
                    victim.kill();
                }
                for (int i = 0; i < guards; i++) {
                    if (!hosts.get(i).isAlive()) {
                        kills++;
                        hosts.set(i, Host.start(folder, configuration, random.nextLong(), CLAIMS_OF_A_LIFE));
                    }
                }
            }
            for (Host host : hosts) {
                host.kill();
            }
            settle(store);
            check(kills);
        }
    }

    private static long started(HistorySession store) throws IOException {
        return store.schedules().stream()
                .mapToLong(stored -> stored.schedule().started())
                .sum();
    }

    private HistorySession open() throws Exception {
        return new JdbcHistoryStore().open(new PluginConfig(configuration));
    }

    private static StoredSchedule schedule(int number, Instant start) {
        return schedule("every-second-" + number, Duration.ofSeconds(1), start);
    }

    private static StoredSchedule schedule(String id, Duration step, Instant start) {
        ScheduleSpec spec = ScheduleSpec.every(
                        step, ExecutionRequest.of("a.ipynb").build())
                .id(id)
                .start(start)
                .misfireGrace(GRACE)
                .coalesce(false)
                .maxInstances(1_000)
                .build();
        return new StoredSchedule(
                new Schedule(
                        new ScheduleId(id),
                        spec,
                        start,
                        ScheduleState.ACTIVE,
                        Optional.of(start),
                        Optional.empty(),
                        List.of(),
                        0,
                        0),
                start,
                false);
    }

    @Test
    void aFireThatAGuardHasClaimedBeforeItWasKilledIsLaunchedByTheNext() throws Exception {
        configuration = Map.of("history.url", "jdbc:sqlite:" + folder.resolve("history.db"));
        try (HistorySession store = open()) {
            Instant start = Instant.now();
            store.write(List.of(new HistoryEntry.OfSchedule(schedule("once", Duration.ofDays(1), start))));
            Host first = Host.start(folder, configuration, 1, 1);
            hosts.add(first);
            assertThat(first.process().waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(store.notLaunched()).hasSize(1);

            hosts.add(Host.start(folder, configuration, 1, 0));

            await().atMost(TIMEOUT)
                    .until(() -> Files.readAllLines(folder.resolve("launches")).size() == 1
                            && store.unfinished().isEmpty());
            List<Row> rows = rows();
            assertThat(rows).extracting(Row::launch).containsExactly(TAKEN_OVER, LAUNCHED);
            assertThat(rows).extracting(Row::dueAt).containsOnly(start);
            assertThat(store.execution(rows.get(0).execution())
                            .orElseThrow()
                            .record()
                            .lifecycle()
                            .message())
                    .hasValueSatisfying(text -> assertThat(text)
                            .contains("another guard")
                            .contains(rows.get(1).id()));
            assertThat(store.schedules().get(0).schedule().started()).isEqualTo(1);
        }
    }

    /** Has one more guard see to what the dead have left, which starts nothing new itself. */
    private void settle(HistorySession store) throws Exception {
        Instant now = Instant.now();
        for (StoredSchedule stored : store.schedules()) {
            Schedule schedule = stored.schedule();
            ended.add(schedule);
            Schedule paused = new Schedule(
                    schedule.id(),
                    schedule.spec(),
                    schedule.createdAt(),
                    ScheduleState.PAUSED,
                    schedule.nextFireAt(),
                    schedule.lastFire(),
                    schedule.underWay(),
                    schedule.started(),
                    schedule.skipped());
            store.write(List.of(new HistoryEntry.OfSchedule(new StoredSchedule(paused, now, false))));
        }
        hosts.add(Host.start(folder, configuration, 1, 0));
        await().atMost(TIMEOUT).until(() -> store.unfinished().isEmpty());
    }

    /** What the store has of an execution of a claimed fire. */
    private record Row(String id, String schedule, Instant dueAt, int launch, String state) {

        ExecutionId execution() {
            return new ExecutionId(id);
        }

        /** Returns which fire it is of. */
        String fire() {
            return schedule + " at " + dueAt;
        }
    }

    private List<Row> rows() throws Exception {
        List<Row> found = new ArrayList<>();
        try (var raw = DriverManager.getConnection(
                        configuration.get("history.url"),
                        configuration.get("history.user"),
                        configuration.get("history.password"));
                var ask = raw.createStatement();
                var rows = ask.executeQuery("SELECT id, schedule, due_nanos, launch, state FROM nbguard_executions"
                        + " WHERE schedule IS NOT NULL ORDER BY seq")) {
            while (rows.next()) {
                found.add(new Row(
                        rows.getString(1),
                        rows.getString(2),
                        Instant.EPOCH.plus(rows.getLong(3), ChronoUnit.NANOS),
                        rows.getInt(4),
                        rows.getString(5)));
            }
        }
        return found;
    }

    private void check(int kills) throws Exception {
        Set<String> due = new HashSet<>();
        for (Schedule schedule : ended) {
            Instant next = schedule.nextFireAt().orElseThrow();
            assertThat(schedule.skipped()).as("skipped of %s", schedule).isZero();
            for (Instant at = schedule.createdAt(); at.isBefore(next); at = at.plusSeconds(1)) {
                due.add(schedule.id() + " at " + at);
            }
            assertThat(schedule.started())
                    .as("started of %s", schedule)
                    .isEqualTo(Duration.between(schedule.createdAt(), next).toSeconds());
        }
        List<String> launches = Files.readAllLines(folder.resolve("launches"));
        assertThat(launches).as("launches").doesNotHaveDuplicates();
        Set<String> launched = new HashSet<>(launches);
        Map<String, List<Row>> byFire = new LinkedHashMap<>();
        for (Row row : rows()) {
            byFire.computeIfAbsent(row.fire(), key -> new ArrayList<>()).add(row);
        }
        assertThat(byFire.keySet()).as("fires with an execution").isEqualTo(due);
        int takenOver = 0;
        int lost = 0;
        for (List<Row> ofAFire : byFire.values()) {
            assertThat(ofAFire)
                    .as("launches of one fire")
                    .filteredOn(row -> launched.contains(row.id()))
                    .hasSizeLessThanOrEqualTo(1);
            Row last = ofAFire.get(ofAFire.size() - 1);
            assertThat(last.launch()).as("%s", ofAFire).isEqualTo(LAUNCHED);
            for (Row before : ofAFire.subList(0, ofAFire.size() - 1)) {
                assertThat(before.launch()).as("%s", ofAFire).isEqualTo(TAKEN_OVER);
                assertThat(before.state()).as("%s", ofAFire).isEqualTo(ExecutionState.LOST.name());
                assertThat(launched).doesNotContain(before.id());
                takenOver++;
            }
            if (!launched.contains(last.id())) {
                // Killed between the store's permit and the launch, which are one to the store.
                assertThat(last.state()).as("%s", ofAFire).isEqualTo(ExecutionState.LOST.name());
                lost++;
            }
        }
        System.out.printf(
                "%d fires, %d launched, %d taken over, %d lost in their launch, %d kills%n",
                due.size(), launches.size(), takenOver, lost, kills);
    }

    /** A process with a guard. */
    private record Host(Process process, AtomicBoolean open) {

        static Host start(Path folder, Map<String, String> configuration, long seed, int claimsOfALife)
                throws IOException {
            Process process = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx96m",
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            SharingHost.class.getName(),
                            folder.toString(),
                            configuration.get("history.url"),
                            configuration.getOrDefault("history.user", ""),
                            configuration.getOrDefault("history.password", ""),
                            Long.toString(seed),
                            Integer.toString(claimsOfALife)))
                    .redirectError(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("hosts.err").toFile()))
                    .start();
            AtomicBoolean open = new AtomicBoolean();
            Thread reader = new Thread(() -> {
                try (BufferedReader lines = process.inputReader()) {
                    open.set(lines.readLine() != null);
                } catch (IOException e) {
                    // It was killed.
                }
            });
            reader.setDaemon(true);
            reader.start();
            return new Host(process, open);
        }

        boolean isOpen() {
            return open.get() && process.isAlive();
        }

        boolean isAlive() {
            return process.isAlive();
        }

        void kill() throws InterruptedException {
            process.toHandle().destroyForcibly();
            process.waitFor();
        }
    }
}

package io.nbguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nbguard.api.EndReason;
import io.nbguard.api.ExecutionRecord;
import io.nbguard.api.ExecutionRequest;
import io.nbguard.api.ExecutionState;
import io.nbguard.api.HistoryQuery;
import io.nbguard.api.Schedule;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.ScheduleSpec;
import io.nbguard.api.ScheduleState;
import io.nbguard.spi.HistoryEntry;
import io.nbguard.spi.HistorySession;
import io.nbguard.spi.StoredSchedule;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
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

/** Guards of several processes with one store, which are killed at random: each fire is acted on once, and none is lost. */
@Tag("slow")
@ExtendWith(PostgresExtension.class)
class SharedStoreTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int KILLS = 8;
    // So many claims a host lives to hear of, on average.
    private static final int CLAIMS_OF_A_LIFE = 150;
    private static final Duration GRACE = Duration.ofMinutes(10);

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
            await().atMost(PATIENCE).until(() -> hosts.stream().allMatch(Host::isOpen));
            // Added by somebody else while they run, due at once: nothing depends on when they notice.
            Instant start = Instant.now();
            for (int i = 0; i < schedules; i++) {
                store.write(List.of(new HistoryEntry.OfSchedule(schedule(i, start))));
            }
            int kills = 0;
            while (kills < KILLS || started(store) < fires) {
                assertThat(Instant.now())
                        .as("%d kills, %d fires", kills, started(store))
                        .isBefore(start.plus(PATIENCE));
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
            check(store, kills);
        }
    }

    private static long started(HistorySession store) throws IOException {
        return store.schedules().stream()
                .mapToLong(stored -> stored.schedule().started())
                .sum();
    }

    private HistorySession open() throws Exception {
        return new JdbcHistoryStore().open(configuration);
    }

    private static StoredSchedule schedule(int number, Instant start) {
        ScheduleSpec spec = ScheduleSpec.every(
                        Duration.ofSeconds(1), ExecutionRequest.of("a.ipynb").build())
                .id("every-second-" + number)
                .start(start)
                .misfireGrace(GRACE)
                .coalesce(false)
                .maxInstances(1_000)
                .build();
        return new StoredSchedule(
                new Schedule(
                        new ScheduleId("every-second-" + number),
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

    /** Has one more guard see to what the dead have left, which starts nothing itself. */
    private void settle(HistorySession store) throws Exception {
        for (StoredSchedule stored : store.schedules()) {
            Schedule schedule = stored.schedule();
            store.write(List.of(new HistoryEntry.ScheduleRemoved(schedule.id(), schedule.createdAt(), Instant.now())));
            ended.add(schedule);
        }
        hosts.add(Host.start(folder, configuration, 1, 0));
        await().atMost(PATIENCE).until(() -> store.unfinished().isEmpty());
    }

    private void check(HistorySession store, int kills) throws Exception {
        List<String> launches = Files.readAllLines(folder.resolve("launches"));
        assertThat(launches).as("launches").doesNotHaveDuplicates();
        List<ExecutionRecord> all = new ArrayList<>();
        for (Schedule schedule : ended) {
            Instant next = schedule.nextFireAt().orElseThrow();
            assertThat(schedule.skipped()).as("skipped of %s", schedule).isZero();
            assertThat(schedule.started())
                    .as("started of %s", schedule)
                    .isEqualTo(Duration.between(schedule.createdAt(), next).toSeconds());
            List<ExecutionRecord> executions = store.executions(
                            HistoryQuery.latest(1_000).startedBy(schedule.id()))
                    .items();
            assertThat(executions).as("executions of %s", schedule).hasSize((int) schedule.started());
            all.addAll(executions);
        }
        Set<String> launched = new HashSet<>(launches);
        assertThat(all).extracting(record -> record.id().value()).containsAll(launched);
        List<ExecutionRecord> notLaunched = all.stream()
                .filter(record -> !launched.contains(record.id().value()))
                .toList();
        assertThat(notLaunched)
                .as("claimed by a guard that was killed before it could start them")
                .allSatisfy(record -> {
                    assertThat(record.state()).isEqualTo(ExecutionState.LOST);
                    assertThat(record.reason()).contains(EndReason.ORPHANED);
                });
        System.out.printf(
                "%d fires, %d launched, %d lost, %d kills%n", all.size(), launches.size(), notLaunched.size(), kills);
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

package io.nbguard.examples.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.execution.StopMode;
import io.nbguard.api.history.HistoryQuery;
import io.nbguard.core.HostDeath;
import io.nbguard.core.NotebookGuard;
import io.nbguard.papermill.PythonEnvironments;
import io.nbguard.spi.PluginConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hosts that are killed while real notebooks run that shall outlive them, and the guard that comes next. */
@Tag("slow")
@Timeout(600)
class KeptExecutionsTest {

    private static final int KILLS = 5;
    private static final int LATEST_MILLIS = 4_000;

    @TempDir
    private Path folder;

    private Ground ground;
    private Path temporary;
    private String url;

    @BeforeEach
    void prepare() throws Exception {
        PythonEnvironments.prepare(PluginConfig.EMPTY, line -> {});
        ground = new Ground(folder);
        temporary = Files.createDirectories(folder.resolve("tmp"));
        url = "jdbc:sqlite:" + folder.resolve("history.db");
        waiting("scheduled");
        waiting("long");
        waiting("short");
    }

    /** A notebook whose second cell waits for a file. */
    private void waiting(String name) {
        ground.write(
                name + ".ipynb",
                "import footprint, os, time, uuid\nfootprint.leave('" + name + "-' + uuid.uuid4().hex + '.process')",
                "while not os.path.exists('go-" + name + "'): time.sleep(0.05)",
                "print(secret, 'went on')");
    }

    private HostProcess host() {
        return HostProcess.start(
                HistoryHostProgram.class,
                ground,
                temporary,
                UnaryOperator.identity(),
                List.of(HistoryHostProgram.KEEP),
                url,
                "scheduled.ipynb",
                "long.ipynb",
                "short.ipynb");
    }

    private NotebookGuard guard(HostDeath onHostDeath) {
        return NotebookGuard.builder()
                .notebooks(ground.notebooks())
                .outputs(ground.outputs())
                .storage(s -> s.temporaryFiles(temporary))
                .maxConcurrent(1)
                .history(h -> h.store("nbguard-jdbc"))
                .plugins(p -> p.configure("history.url", url))
                .lifecycle(l -> l.onHostDeath(onHostDeath))
                .history(h -> h.restoreSchedules(onHostDeath == HostDeath.KEEP))
                .build();
    }

    /** Has a host run four notebooks and be killed; returns what it has said. */
    private String killHostOfFour() throws Exception {
        try (HostProcess host = host()) {
            await("four that wait in their second cells, and are kept as running")
                    .atMost(Ground.TIMEOUT)
                    .until(() -> ground.footprints().size() == 4
                            && host.told()
                                            .lines()
                                            .filter(line -> line.endsWith(" RUNNING"))
                                            .count()
                                    == 4);
            host.kill();
            host.awaitDeath();
            return host.told();
        }
    }

    private long alive(String name) {
        return ground.footprints().stream()
                .filter(footprint -> footprint.name().startsWith(name) && footprint.lives())
                .count();
    }

    private Footprint only(String name) {
        return ground.footprints().stream()
                .filter(footprint -> footprint.name().startsWith(name))
                .reduce((one, other) -> {
                    throw new AssertionError(one + " and " + other);
                })
                .orElseThrow();
    }

    private static Execution only(NotebookGuard guard, String notebook) {
        return guard.executions().stream()
                .filter(execution -> execution.request().notebook().equals(notebook))
                .reduce((one, other) -> {
                    throw new AssertionError(one + " and " + other);
                })
                .orElseThrow();
    }

    @Test
    void theNextGuardTakesUpWhatRunsAndKnowsHowTheRestHasEnded() throws Exception {
        String told = killHostOfFour();
        assertThat(ground.footprints()).as("all outlive the host\n" + told).allMatch(Footprint::lives);
        ground.signal("go-short");
        await("the end of one without a guard")
                .atMost(Ground.TIMEOUT)
                .until(() -> alive("short") == 0
                        && Ground.living(temporary.toString()).stream().noneMatch(line -> line.contains("short")));
        // As if the dead guard had paused it.
        Signals.send("STOP", only("long").pid());
        Instant reopened = Instant.now();

        try (NotebookGuard guard = guard(HostDeath.KEEP)) {
            assertThat(guard.executions()).as("known as soon as it is open").hasSize(4);
            ExecutionRecord ended = Ground.get(only(guard, "short.ipynb").completion());
            assertThat(ended.state()).isEqualTo(ExecutionState.COMPLETED);
            assertThat(ended.lifecycle().message()).contains("it ended when no guard was there");
            assertThat(ended.lifecycle().endedAt().orElseThrow()).isBefore(reopened);
            assertThat(ended.progress().cellsDone()).isEqualTo(3);
            assertThat(Files.readString(ended.outcome().output().orElseThrow())).contains("went on");

            Execution lasting = only(guard, "long.ipynb");
            assertThat(lasting.state()).isEqualTo(ExecutionState.RUNNING);
            assertThat(told).contains("kept " + lasting.id() + " RUNNING");
            assertThat(lasting.record().lifecycle().startedAt().orElseThrow()).isBefore(reopened);
            await("its progress")
                    .atMost(Ground.TIMEOUT)
                    .until(() -> lasting.progress().cellsDone() == 1);
            await("its memory, with all processes")
                    .atMost(Ground.TIMEOUT)
                    .until(() -> guard.snapshot().executions().stream()
                            .anyMatch(one -> one.id().equals(lasting.id())
                                    && one.processes().size() >= 3
                                    && one.accounts()
                                                    .rss()
                                                    .value()
                                                    .orElseThrow()
                                                    .bytes()
                                            > 50 << 20));
            ExecutionId scheduled = guard.schedules()
                    .find(HistoryHostProgram.SCHEDULE)
                    .orElseThrow()
                    .underWay()
                    .get(0);
            Execution ofSchedule = guard.execution(scheduled).orElseThrow();
            assertThat(ofSchedule.state()).isEqualTo(ExecutionState.RUNNING);
            guard.schedules().remove(HistoryHostProgram.SCHEDULE);

            // A stop reaches what is no child of this process, and the milder force comes first.
            ExecutionRecord stopped = Ground.get(ofSchedule.stop(StopMode.GRACEFUL));
            assertThat(stopped.outcome().reason()).contains(EndReason.USER_STOP);
            assertThat(alive("scheduled")).isOne();

            ground.signal("go-long");
            ExecutionRecord completed = Ground.get(lasting.completion());
            assertThat(completed.state()).as(completed.toString()).isEqualTo(ExecutionState.COMPLETED);
            assertThat(completed.lifecycle().message()).isEmpty();
            assertThat(completed.progress().cellsDone()).isEqualTo(3);
            assertThat(completed.usage().cpuTime().orElseThrow().seconds()).isGreaterThan(0.1);
            assertThat(Files.readString(completed.outcome().output().orElseThrow()))
                    .contains("ünïcode went on");
        }
        assertNothingIsLeft();
    }

    @Test
    void aGuardThatKeepsNothingEndsWhatAnotherHasKept() throws Exception {
        killHostOfFour();

        try (NotebookGuard guard = guard(HostDeath.END)) {
            assertThat(ground.footprints()).as("dead before the guard is open").noneMatch(Footprint::lives);
            assertThat(guard.executions()).isEmpty();
            assertThat(guard.history().executions(HistoryQuery.latest(100)).items())
                    .hasSize(4)
                    .allMatch(record -> record.state() == ExecutionState.LOST
                            && record.outcome().reason().equals(Optional.of(EndReason.ORPHANED)));
        }
        assertNothingIsLeft();
    }

    @Test
    void whereverTheHostIsKilledNothingGoesOnThatTheNextGuardDoesNotKnow() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int takenUp = 0;

        for (int kill = 0; kill < KILLS; kill++) {
            try (HostProcess host = host()) {
                // The first one lives to see something go on that can be taken up; the others may be killed before.
                String word = kill == 0 ? " RUNNING" : "";
                await("its first word")
                        .atMost(Ground.TIMEOUT)
                        .until(() -> host.told().contains(word) && !host.told().isEmpty());
                TimeUnit.MILLISECONDS.sleep(random.nextInt(LATEST_MILLIS));
                host.kill();
                host.awaitDeath();
            }
            try (NotebookGuard guard = guard(HostDeath.KEEP)) {
                // Killed early, a host has not scheduled anything.
                if (guard.schedules().find(HistoryHostProgram.SCHEDULE).isPresent()) {
                    guard.schedules().remove(HistoryHostProgram.SCHEDULE);
                }
                List<Execution> known = guard.executions();
                takenUp += known.size();
                known.forEach(execution -> Ground.get(execution.stop(StopMode.IMMEDIATE)));
                // Supervisors that were never told to outlive their host end by themselves: they may need a moment.
                await("the end of everything; seed " + seed + ", kill " + kill)
                        .atMost(Ground.TIMEOUT)
                        .untilAsserted(this::assertNothingIsLeft);
            }
        }

        Ground.figure("executions that outlive their host", KILLS + " kills, " + takenUp + " taken up, none unknown");
        assertThat(takenUp).as("seed " + seed).isPositive();
    }

    private void assertNothingIsLeft() {
        assertThat(ground.footprints()).noneMatch(Footprint::lives);
        assertThat(Ground.living(temporary.toString())).isEmpty();
        assertThat(Ground.living(ground.notebooks().toString())).isEmpty();
        assertThat(temporary).isDirectoryNotContaining("glob:**/nbguard-????????????*");
        assertThat(Ground.files(ground.outputs()))
                .noneMatch(file -> file.getFileName().toString().startsWith(".nbguard-"));
    }
}

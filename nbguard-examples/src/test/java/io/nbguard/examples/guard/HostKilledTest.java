package io.nbguard.examples.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.execution.ExecutionStatus;
import io.nbguard.api.history.HistoryQuery;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.core.GuardBuilder;
import io.nbguard.core.NotebookGuard;
import io.nbguard.papermill.PythonEnvironments;
import io.nbguard.spi.PluginConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hosts that are killed at any moment, with real notebooks, a history in a file and a schedule: what the next one finds. */
@Tag("slow")
@Timeout(600)
class HostKilledTest {

    private static final int KILLS = 20;
    private static final int LATEST_MILLIS = 3_000;

    /** Stays, and leaves a process behind that has got away from its kernel. */
    private static final String STAY = """
            import footprint, os, time, uuid
            footprint.leave(uuid.uuid4().hex + '.process')
            if os.fork() == 0:
                os.setsid()
                footprint.leave(uuid.uuid4().hex + '.process')
                time.sleep(900)
            while True: time.sleep(0.1)
            """;

    @TempDir
    private Path folder;

    @Test
    void noExecutionIsLostNoneRunsThatDoesNotAndNoProcessIsLeftWhereverTheHostIsKilled() throws Exception {
        PythonEnvironments.prepare(PluginConfig.EMPTY, line -> {});
        Ground ground = new Ground(folder);
        Path temporary = Files.createDirectories(folder.resolve("tmp"));
        ground.write("quick.ipynb", "print('done')");
        ground.write("stay.ipynb", STAY);
        String url = "jdbc:sqlite:" + folder.resolve("history.db");
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<String, ExecutionState> kept = new TreeMap<>();
        List<Instant> createdAt = new ArrayList<>();

        for (int kill = 0; kill < KILLS; kill++) {
            String told;
            try (HostProcess host = HostProcess.start(
                    HistoryHostProgram.class,
                    ground,
                    temporary,
                    UnaryOperator.identity(),
                    url,
                    "quick.ipynb",
                    "stay.ipynb")) {
                if (kill % 2 == 0) {
                    await("something that is kept").atMost(Ground.TIMEOUT).until(() -> host.told()
                            .contains("kept "));
                }
                // The moment is what is random; nothing waits for anything here.
                TimeUnit.MILLISECONDS.sleep(random.nextInt(LATEST_MILLIS));
                host.kill();
                host.awaitDeath();
                told = host.told();
            }
            assertThat(told).as("seed " + seed).doesNotContain("not kept", "Exception");
            told.lines()
                    .filter(line -> line.startsWith("kept "))
                    .map(line -> line.split(" "))
                    .forEach(words -> kept.put(words[1], ExecutionState.valueOf(words[2])));
            examine(ground, temporary, url, kept, createdAt, "seed " + seed + ", kill " + kill + ":\n" + told);
        }

        long ended = kept.values().stream().filter(ExecutionState::isEnd).count();
        Ground.figure(
                "host killed",
                KILLS + " times: " + kept.size() + " executions were said to be kept, " + ended
                        + " of them ended, all are");
        // One at least of every second host, which is not killed before.
        assertThat(kept).hasSizeGreaterThanOrEqualTo(KILLS / 2);
    }

    @Test
    void anUnsupervisedExecutionIsEndedByTheNextGuardWithItsDescendants() throws Exception {
        Ground ground = new Ground(folder);
        Path temporary = Files.createDirectories(folder.resolve("tmp"));
        Files.writeString(ground.notebooks().resolve("stay.py.ipynb"), STAY);
        String url = "jdbc:sqlite:" + folder.resolve("history.db");
        String told;
        try (HostProcess host = HostProcess.start(
                HistoryHostProgram.class, ground, temporary, UnaryOperator.identity(), url, "stay.py.ipynb")) {
            await("its processes and its record")
                    .atMost(Ground.TIMEOUT)
                    .until(() -> ground.footprints().size() == 2 && host.told().contains(" RUNNING"));
            host.kill();
            host.awaitDeath();
            told = host.told();
        }
        assertThat(ground.footprints()).as("both outlive the host").hasSize(2).allMatch(Footprint::lives);
        String id = told.lines()
                .filter(line -> line.endsWith(" RUNNING"))
                .map(line -> line.split(" ")[1])
                .findFirst()
                .orElseThrow();

        try (NotebookGuard guard = guard(ground, temporary, url)
                .history(h -> h.restoreSchedules(false))
                .build()) {
            assertThat(ground.footprints()).as("dead before the guard is open").noneMatch(Footprint::lives);
            ExecutionRecord record =
                    guard.history().execution(new ExecutionId(id)).orElseThrow();
            assertThat(record.state()).isEqualTo(ExecutionState.LOST);
            assertThat(record.outcome().reason()).contains(EndReason.ORPHANED);
            assertThat(record.lifecycle().message().orElseThrow())
                    .contains("what was left of the execution was killed");
            assertThat(guard.schedules().list()).isEmpty();
        }
    }

    private static GuardBuilder guard(Ground ground, Path temporary, String url) {
        return NotebookGuard.builder()
                .notebooks(ground.notebooks())
                .outputs(ground.outputs())
                .storage(s -> s.temporaryFiles(temporary))
                .lifecycle(l -> l.announce(false))
                .executor(new PlainPython())
                .history(h -> h.store("nbguard-jdbc"))
                .plugins(p -> p.configure("history.url", url));
    }

    private static void examine(
            Ground ground,
            Path temporary,
            String url,
            Map<String, ExecutionState> kept,
            List<Instant> createdAt,
            String what) {
        try (NotebookGuard guard = guard(ground, temporary, url).build()) {
            // The supervisors of what was being launched end by themselves: they may need a moment.
            await("the end of all that the host has started\n" + what)
                    .atMost(Ground.TIMEOUT)
                    .until(() -> ground.footprints().stream().noneMatch(Footprint::lives)
                            && Ground.living(temporary.toString()).isEmpty()
                            && papermills(ground).isEmpty());
            for (Map.Entry<String, ExecutionState> entry : kept.entrySet()) {
                ExecutionRecord record = guard.history()
                        .execution(new ExecutionId(entry.getKey()))
                        .orElseThrow(() -> new AssertionError(entry + " is lost\n" + what));
                if (entry.getValue().isEnd()) {
                    assertThat(record.state()).as(what).isEqualTo(entry.getValue());
                } else {
                    assertThat(record.state().isEnd()).as(entry + "\n" + what).isTrue();
                }
                assertThat(guard.history().request(record.id())).as(what).isPresent();
            }
            assertThat(guard.history()
                            .executions(HistoryQuery.latest(1_000).with(ExecutionStatus.RUNNING))
                            .items())
                    .as("only what this guard's schedule has started\n" + what)
                    .allMatch(record -> guard.execution(record.id()).isPresent());
            Schedule schedule = guard.schedules()
                    .find(HistoryHostProgram.SCHEDULE)
                    .orElseThrow(() -> new AssertionError("the schedule is lost\n" + what));
            createdAt.add(schedule.createdAt());
            assertThat(createdAt).as(what).containsOnly(createdAt.get(0));
        }
    }

    private static List<String> papermills(Ground ground) {
        return Ground.living(ground.notebooks().toString()).stream()
                .filter(line -> line.contains("papermill") || line.contains("ipykernel"))
                .toList();
    }
}

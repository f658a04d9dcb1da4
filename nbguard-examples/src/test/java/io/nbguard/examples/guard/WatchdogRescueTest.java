package io.nbguard.examples.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.watchdog.Candidate;
import io.nbguard.api.watchdog.KillScenario;
import io.nbguard.core.NotebookGuard;
import io.nbguard.guest.ControlGroup;
import io.nbguard.papermill.PythonEnvironments;
import io.nbguard.spi.PluginConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real memory, a real limit and the kernel's OOM killer behind it: nbguard must be the first to act, and only where it must.
 */
@Tag("slow")
@Timeout(300)
class WatchdogRescueTest {

    private static final long MIB = 1 << 20;

    private static final String CALM = """
            import os, time
            block = bytearray(40 << 20)
            open(f'calm-{os.getpid()}', 'w').close()
            while not os.path.exists('hog-is-gone'): time.sleep(0.05)
            print('calm', 'to the end')
            """;

    /** Begins when the others are there; some 600 MiB a second. The bound saves the machine if it is not ended. */
    private static final String HOG = """
            import os, time
            while len([name for name in os.listdir() if name.startswith('calm-')]) < %d: time.sleep(0.05)
            blocks = []
            while len(blocks) < 200:
                blocks.append(bytearray(16 << 20))
                time.sleep(0.02)
            time.sleep(900)
            """;

    /** Five workers and their parent share 250 MiB: the sum of RSS is six times what they hold. */
    private static final String FAMILY = """
            import os, time
            shared = bytearray(250 << 20)
            for _ in range(5):
                if os.fork() == 0:
                    while True: time.sleep(1)
            """ + CALM;

    @TempDir
    Path folder;

    private Ground ground;

    @BeforeAll
    static void makeTheEnvironmentOutsideOfAnyLimit() throws InterruptedException {
        PythonEnvironments.prepare(PluginConfig.EMPTY, line -> {});
    }

    @BeforeEach
    void makeNotebooks() {
        ground = new Ground(folder);
    }

    private static ControlGroup limitedTo(long bytes) {
        ControlGroup group = ControlGroup.create("memory");
        group.write("memory.limit_in_bytes", bytes);
        return group;
    }

    private HostProcess host(ControlGroup group, String... notebooks) throws Exception {
        return HostProcess.start(ground, Files.createDirectories(folder.resolve("tmp")), group::joinedBy, notebooks);
    }

    /** The host is at its end, so all that it ran must be too. */
    private void assertNothingIsLeft() {
        assertThat(Ground.living(folder.toString())).as("processes alive").isEmpty();
        assertThat(Ground.files(ground.outputs())).as("outputs").allMatch(file -> file.toString()
                .endsWith(".ipynb"));
        assertThat(Ground.files(folder.resolve("tmp"))).as("temporary files").isEmpty();
    }

    private static String peak(ControlGroup group, long limit) {
        return String.format(
                "peak %d MiB of %d MiB (page cache included), %d OOM kills by the kernel",
                group.read("memory.max_usage_in_bytes") / MIB,
                limit / MIB,
                group.read("memory.oom_control", "oom_kill"));
    }

    private static void assertTheHogWasEnded(HostReport hog) {
        assertThat(hog.state()).isEqualTo("KILLED");
        assertThat(hog.reason()).isEqualTo("WATCHDOG_MEMORY");
        assertThat(hog.message()).isEqualTo("OOM Prevention: Terminated hog.ipynb");
        assertThat(hog.cause()).isEqualTo("NODE_LIMIT");
    }

    @Test
    void theHogIsEndedBeforeTheNodesLimitAndTheOthersComplete() throws Exception {
        long limit = 1536 * MIB;
        List<String> calm = List.of("calm-a.ipynb", "calm-b.ipynb", "calm-c.ipynb");
        calm.forEach(name -> ground.write(name, CALM));
        ground.write("hog.ipynb", "print('before', 'it')", HOG.formatted(calm.size()));
        try (ControlGroup group = limitedTo(limit);
                HostProcess host = host(group, "calm-a.ipynb", "hog.ipynb", "calm-b.ipynb", "calm-c.ipynb")) {

            HostReport hog = host.awaitEnd("hog.ipynb");
            ground.signal("hog-is-gone");
            host.awaitExit();

            assertTheHogWasEnded(hog);
            assertThat(hog.candidates()).containsOnlyKeys("calm-a.ipynb", "hog.ipynb", "calm-b.ipynb", "calm-c.ipynb");
            assertThat(calm).allSatisfy(name -> assertThat(host.awaitEnd(name).state())
                    .as(host::told)
                    .isEqualTo("COMPLETED"));
            assertThat(group.read("memory.oom_control", "oom_kill")).isZero();
            assertThat(Ground.files(ground.outputs())).hasSize(4);
            assertNothingIsLeft();
            Ground.figure("hog and node limit", peak(group, limit));
        }
    }

    @Test
    void forkedWorkersWithSharedPagesAreNotTakenForTheHeaviest() throws Exception {
        long limit = 1536 * MIB;
        ground.write("family.ipynb", FAMILY);
        ground.write("hog.ipynb", HOG.formatted(1));
        try (ControlGroup group = limitedTo(limit);
                HostProcess host = host(group, "family.ipynb", "hog.ipynb")) {

            HostReport hog = host.awaitEnd("hog.ipynb");
            ground.signal("hog-is-gone");
            host.awaitExit();

            assertTheHogWasEnded(hog);
            assertThat(hog.candidates().get("family.ipynb"))
                    .as("by the sum of RSS the family was the heaviest")
                    .isGreaterThan(hog.candidates().get("hog.ipynb"));
            assertThat(host.awaitEnd("family.ipynb").state()).as(host::told).isEqualTo("COMPLETED");
            assertThat(group.read("memory.oom_control", "oom_kill")).isZero();
            assertNothingIsLeft();
            Ground.figure("shared pages", peak(group, limit) + ", RSS " + hog.candidates());
        }
    }

    @Test
    void aFloodOfPageCacheEndsNoExecution() throws Exception {
        long limit = 640 * MIB;
        ground.write("flood.ipynb", """
                block = b'x' * (4 << 20)
                with open('flood', 'wb') as file:
                    for _ in range(240): file.write(block)
                """, """
                read = 0
                for _ in range(2):
                    with open('flood', 'rb') as file:
                        while chunk := file.read(4 << 20): read += len(chunk)
                print(read >> 20, 'MiB read')
                """);
        try (ControlGroup group = limitedTo(limit);
                HostProcess host = host(group, "flood.ipynb")) {

            host.awaitExit();

            assertThat(host.awaitEnd("flood.ipynb").state()).as(host::told).isEqualTo("COMPLETED");
            assertThat(host.told()).doesNotContain("OOM Prevention");
            assertThat(group.read("memory.failcnt")).as("the limit was reached").isPositive();
            assertThat(group.read("memory.oom_control", "oom_kill")).isZero();
            assertNothingIsLeft();
            Ground.figure("page cache", peak(group, limit));
        }
    }

    @Test
    void theHogIsEndedBeforeTheMemoryBudgetAndTheOthersComplete() {
        ground.write("calm-a.ipynb", CALM);
        ground.write("calm-b.ipynb", CALM);
        ground.write("hog.ipynb", "print('before', 'it')", HOG.formatted(2));
        List<GuardEvent> events = new CopyOnWriteArrayList<>();
        try (NotebookGuard guard = ground.guard()
                .memoryBudget(ByteSize.ofBytes(900 * MIB))
                .listener(events::add)
                .build()) {
            List<Execution> calm = List.of(
                    guard.run(ExecutionRequest.of("calm-a.ipynb").build()),
                    guard.run(ExecutionRequest.of("calm-b.ipynb").build()));
            Execution hog = guard.run(ExecutionRequest.of("hog.ipynb").build());

            ExecutionRecord record = Ground.get(hog.completion());
            ground.signal("hog-is-gone");

            assertThat(record.state()).as(record::toString).isEqualTo(ExecutionState.KILLED);
            assertThat(record.outcome().reason()).contains(EndReason.WATCHDOG_MEMORY);
            assertThat(record.lifecycle().message()).contains("OOM Prevention: Terminated hog.ipynb");
            KillScenario scenario = record.outcome().killScenario().orElseThrow();
            assertThat(scenario.cause()).isEqualTo(KillScenario.Cause.MEMORY_BUDGET);
            assertThat(scenario.victim()).isEqualTo(hog.id());
            assertThat(scenario.limit()).isEqualTo(ByteSize.ofBytes(900 * MIB));
            assertThat(scenario.used()).isGreaterThanOrEqualTo(scenario.threshold());
            assertThat(scenario.candidates())
                    .extracting(Candidate::notebook)
                    .startsWith("hog.ipynb")
                    .hasSize(3);
            assertThat(record.usage().peakMemory().orElseThrow()).isGreaterThan(ByteSize.ofBytes(300 * MIB));
            calm.forEach(execution ->
                    assertThat(Ground.get(execution.completion()).state()).isEqualTo(ExecutionState.COMPLETED));
            await().atMost(Ground.TIMEOUT)
                    .untilAsserted(() -> assertThat(events).hasAtLeastOneElementOfType(GuardEvent.KillConfirmed.class));
            assertThat(events)
                    .filteredOn(GuardEvent.Terminated.class::isInstance)
                    .hasSize(1);
            ground.assertNothingIsLeftOf(hog.id());
        }
    }
}

package io.nbguard.examples.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.core.NotebookGuard;
import io.nbguard.papermill.PythonEnvironments;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.policy.KillPolicy;
import io.nbguard.spi.policy.KillSituation;
import io.nbguard.spi.policy.Victim;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real hogs beside what would switch the watchdog off: a kill policy that never returns, a host without any heap. */
@Tag("slow")
@Timeout(300)
class UnstoppableWatchdogTest {

    private static final ByteSize BUDGET = ByteSize.ofMebibytes(400);

    /** What a hog may hold that was ended late on a busy machine; one that is not ended gets far beyond. */
    private static final ByteSize FAR_BEYOND = ByteSize.ofMebibytes(1_200);

    /** Some 400 MiB a second. The bound saves the machine if it is not ended. */
    private static final String HOG = """
            import os, time
            with open('arriving', 'w') as file: file.write(str(os.getpid()))
            os.replace('arriving', 'hog-is-there')
            while not (os.path.exists('go') and os.path.getsize('go')): time.sleep(0.02)
            blocks = []
            while len(blocks) < 120:
                blocks.append(bytearray(16 << 20))
                with open('growing', 'w') as file: file.write(str(len(blocks)))
                os.replace('growing', 'grown')
                time.sleep(0.03)
            open('survived', 'w').close()
            time.sleep(900)
            """;

    @TempDir
    Path folder;

    private Ground ground;

    @BeforeAll
    static void makeTheEnvironment() throws InterruptedException {
        PythonEnvironments.prepare(PluginConfig.EMPTY, line -> {});
    }

    @BeforeEach
    void makeNotebooks() {
        ground = new Ground(folder);
        ground.write("hog.ipynb", HOG);
    }

    @Test
    void aKillPolicyThatNeverReturnsDoesNotSaveTheHog() throws IOException {
        CountDownLatch over = new CountDownLatch(1);
        List<GuardEvent> events = new CopyOnWriteArrayList<>();
        try (NotebookGuard guard = ground.guard()
                .memoryBudget(BUDGET)
                .watchdog(w -> w.killPolicies(new Stuck(over)))
                .listener(events::add)
                .build()) {
            Execution hog = guard.run(ExecutionRequest.of("hog.ipynb").build());
            Files.writeString(ground.notebooks().resolve("go"), "now");

            ExecutionRecord record = Ground.get(hog.completion());

            assertThat(record.outcome().reason()).as(record::toString).contains(EndReason.WATCHDOG_MEMORY);
            assertThat(record.outcome().killScenario().orElseThrow().policy()).isEqualTo("nbguard-heaviest");
            assertThat(record.usage().peakMemory().orElseThrow()).isLessThan(FAR_BEYOND);
            await().atMost(Ground.TIMEOUT).untilAsserted(() -> assertThat(events)
                    .filteredOn(GuardEvent.PluginMisbehaved.class::isInstance)
                    .singleElement()
                    .satisfies(told -> assertThat(told.message()).contains("stuck", "did not answer within")));
            ground.assertNothingIsLeftOf(hog.id());
            Ground.figure(
                    "policy that never returns",
                    "peak " + record.usage().peakMemory() + " under a budget of " + BUDGET);
        } finally {
            over.countDown();
        }
    }

    @Test
    void aHostWithoutAnyHeapEndsTheHogAllTheSame() throws Exception {
        try (HostProcess host = HostProcess.start(
                ExhaustedHostProgram.class,
                ground,
                Files.createDirectories(folder.resolve("tmp")),
                command -> command,
                "hog.ipynb")) {
            ground.awaitFile("grown");
            ProcessHandle hog = ProcessHandle.of(Long.parseLong(ground.text("hog-is-there")))
                    .orElseThrow(() -> new AssertionError("the hog has gone by itself: " + host.told()));

            await("the end of the hog").atMost(Ground.TIMEOUT).until(() -> !hog.isAlive() || ground.has("survived"));

            assertThat(hog.isAlive()).as(host::told).isFalse();
            assertThat(ground.has("survived")).as(host::told).isFalse();
            long grown = Long.parseLong(ground.text("grown")) * 16;
            Ground.figure("host without heap", "the hog held " + grown + " MiB under a budget of " + BUDGET);
        }
    }

    /** Never answers, and ignores interrupts. */
    private static final class Stuck implements KillPolicy {

        private final CountDownLatch over;

        Stuck(CountDownLatch over) {
            this.over = over;
        }

        @Override
        public String name() {
            return "stuck";
        }

        @Override
        public Optional<Victim> choose(KillSituation situation) {
            while (true) {
                try {
                    over.await();
                    return Optional.empty();
                } catch (InterruptedException e) {
                    continue;
                }
            }
        }
    }
}

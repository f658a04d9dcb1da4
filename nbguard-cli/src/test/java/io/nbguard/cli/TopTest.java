package io.nbguard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code nbguard top}, beside a run of another process. */
class TopTest {

    @TempDir
    Path folder;

    @TempDir
    Path runtime;

    private NbguardProcess.Ended top(String... arguments) throws Exception {
        String[] all = new String[arguments.length + 1];
        all[0] = "top";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        try (NbguardProcess top =
                NbguardProcess.start(folder, Map.of("NBGUARD_RUNTIME_DIR", runtime.toString()), all)) {
            return top.ended();
        }
    }

    @Test
    @Tag("slow")
    @SuppressWarnings("unchecked")
    void whatRunsElsewhereIsShownWithItsProcesses() throws Exception {
        TestNotebook.write(
                folder.resolve("sleeper.ipynb"),
                "import pathlib, time",
                "pathlib.Path('started').touch()\ntime.sleep(600)");
        try (NbguardProcess run = NbguardProcess.start(
                folder, Map.of("NBGUARD_RUNTIME_DIR", runtime.toString()), "run", "sleeper.ipynb")) {
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> Files.exists(folder.resolve("started")) || !run.isAlive());

            NbguardProcess.Ended json = top("--once", "--json");
            NbguardProcess.Ended text = top("--once");

            assertThat(json.exitCode()).as(json.err()).isZero();
            assertThat(json.out()).endsWith("}\n").containsOnlyOnce("\n");
            Map<String, Object> snapshot = JsonMap.parse(json.out());
            assertThat((List<Map<String, Object>>) snapshot.get("executions"))
                    .singleElement()
                    .satisfies(execution -> {
                        assertThat(execution)
                                .containsEntry("notebook", "sleeper.ipynb")
                                .containsEntry("state", "RUNNING")
                                .containsEntry("cellsTotal", 2L);
                        assertThat((Long) execution.get("rssBytes")).isGreaterThan(50L << 20);
                        assertThat((List<?>) execution.get("processes")).hasSizeGreaterThanOrEqualTo(2);
                    });
            assertThat((Map<String, Object>) snapshot.get("node"))
                    .containsKeys("memoryRawBytes", "memoryWorkingSetBytes", "memoryUnreclaimableBytes");
            assertThat(text.exitCode()).as(text.err()).isZero();
            assertThat(text.out())
                    .contains("sleeper.ipynb", "running", "python")
                    .doesNotContain("\u001b");
        }
    }

    @Test
    void itSaysSoKindlyWhenNothingRuns() throws Exception {
        NbguardProcess.Ended top = top("--once");

        assertThat(top.exitCode()).as(top.err()).isZero();
        assertThat(top.out()).contains("memory", "cpu", "No notebook is running");
    }

    @Test
    void inAPipeItWritesOneObjectPerLineUntilItIsInterrupted() throws Exception {
        try (NbguardProcess top = NbguardProcess.start(
                folder, Map.of("NBGUARD_RUNTIME_DIR", runtime.toString()), "top", "--json", "--interval", "100ms")) {
            await().atMost(Duration.ofMinutes(1)).until(() -> top.outSoFar().split("\n").length >= 4);
            top.signal("INT");
            NbguardProcess.Ended ended = top.ended();

            assertThat(ended.exitCode()).isEqualTo(130);
            assertThat(ended.out().split("\n")).hasSizeGreaterThanOrEqualTo(4).allSatisfy(line -> assertThat(
                            JsonMap.parse(line))
                    .containsKeys("sequence", "node", "executions", "loop"));
        }
    }

    @Test
    @Tag("slow")
    void aSignalEndsItAlsoWhileItWaitsForAPipeThatIsNotRead() throws Exception {
        Process top = NbguardProcess.unread(
                folder, Map.of("NBGUARD_RUNTIME_DIR", runtime.toString()), "top", "--json", "--interval", "100ms");
        try {
            awaitFull(top.getInputStream());
            // By its handle: Process.destroy() would close the pipe as well.
            top.toHandle().destroy();

            assertThat(top.waitFor(1, TimeUnit.MINUTES)).as("ended by SIGTERM").isTrue();
            assertThat(top.exitValue()).isEqualTo(143);
        } finally {
            top.destroyForcibly();
        }
    }

    /** Waits until a pipe takes no more. */
    private static void awaitFull(InputStream pipe) {
        AtomicInteger before = new AtomicInteger();
        await().atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofSeconds(2))
                .until(() -> {
                    int now = pipe.available();
                    return now > 32_000 && now == before.getAndSet(now);
                });
    }
}

package io.nbguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nbguard.api.ExecutionId;
import io.nbguard.testkit.FolderEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An {@link EngineHost} in a JVM of its own, which is killed (kill -9) when its engine runs what it has launched. */
final class KilledHost implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final Path folder;
    private final FolderEngine engine;
    private Process process;

    /** Makes the folders of a host. */
    KilledHost(Path folder) throws IOException {
        this.folder = folder;
        for (String name : List.of("notebooks", "outputs", "tmp")) {
            Files.createDirectories(folder.resolve(name));
        }
        engine = new FolderEngine(folder.resolve("engine"));
    }

    FolderEngine engine() {
        return engine;
    }

    /** Returns the execution that a job of the engine is of. */
    static ExecutionId id(String job) {
        return new ExecutionId(job.substring("job-".length()));
    }

    /** Starts a host with an execution of each notebook, and kills it when the store and the engine have them all. */
    List<String> launchAndKill(String... notebooks) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                EngineHost.class.getName(),
                folder.toString()));
        for (String notebook : notebooks) {
            Files.writeString(folder.resolve("notebooks").resolve(notebook), "{\"cells\": []}");
            command.add(notebook);
        }
        process = new ProcessBuilder(command)
                .redirectError(folder.resolve("host.err").toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        await().atMost(TIMEOUT).until(() -> engine.jobs().size() == notebooks.length);
        for (String job : engine.jobs()) {
            // From this file on another JVM finds the job.
            Path claim = folder.resolve("tmp").resolve("nbguard-" + id(job).value() + ".guard");
            await().atMost(TIMEOUT).until(() -> Files.readString(claim).contains("handleExecutor"));
            engine.runs(job);
        }
        process.destroyForcibly();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return engine.jobs();
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
        }
    }
}

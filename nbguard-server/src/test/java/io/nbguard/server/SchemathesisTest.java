package io.nbguard.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.nbguard.api.execution.ExecutionRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The interface against its description, by schemathesis with all of its checks; what it finds is in
 * target/schemathesis.txt. Its environment is made once, in the cache.
 */
@Tag("slow")
@Timeout(900)
class SchemathesisTest {

    private static final int SECONDS = 60;

    @TempDir
    Path folder;

    @Test
    void theInterfaceAndItsDescriptionAgree() throws Exception {
        Path environment = environment();
        ServerSettings.Limits limits = new ServerSettings.Limits(8, 100_000, 100_000, 1 << 20, 100_000);
        ScheduledExecutorService completing = Executors.newSingleThreadScheduledExecutor();
        try (ServeWorld world = ServeWorld.open(folder, limits)) {
            // So that there are executed notebooks to ask for.
            completing.scheduleWithFixedDelay(world.executor::completeAll, 1, 1, TimeUnit.SECONDS);
            world.write("ok.ipynb", "x = 1  # how many");
            world.guard.run(ExecutionRequest.of("ok.ipynb").build());
            Path report = Path.of("target", "schemathesis.txt").toAbsolutePath();
            Files.createDirectories(report.getParent());

            int status = run(
                    report,
                    environment.resolve("bin/schemathesis").toString(),
                    "--config-file",
                    resource("schemathesis.toml").toString(),
                    "run",
                    "http://127.0.0.1:" + world.port() + "/api/v1/openapi.json",
                    "--header",
                    "Authorization:Bearer " + ServeWorld.OPERATOR,
                    "--exclude-path",
                    "/api/v1/stream",
                    "--exclude-path",
                    Routes.SOCKET,
                    "--checks",
                    "all",
                    // DELETE ends an execution and keeps its record, which is what a history is for. Switched off in
                    // the
                    // configuration, the stateful phase makes the check all the same.
                    "--exclude-checks",
                    "use_after_free",
                    "--max-time",
                    Integer.toString(SECONDS),
                    "--request-timeout",
                    "30",
                    "--no-color");

            assertThat(status).as(() -> end(report)).isZero();
        } finally {
            completing.shutdownNow();
        }
    }

    /** Makes what runs it, unless the cache has it. */
    private Path environment() throws Exception {
        Path requirements = resource("schemathesis-requirements.txt");
        CRC32 sum = new CRC32();
        sum.update(Files.readAllBytes(requirements));
        Path cache = Path.of(System.getProperty("user.home"), ".cache", "nbguard");
        Path made = cache.resolve("schemathesis-" + Long.toHexString(sum.getValue()));
        if (Files.isDirectory(made)) {
            return made;
        }
        Files.createDirectories(cache);
        Path log = folder.resolve("environment.txt");
        Path python = made.resolve("bin/python");
        boolean ready = run(log, "python3", "-m", "venv", made.toString()) == 0
                && run(log, python.toString(), "-m", "pip", "install", "-q", "-r", requirements.toString()) == 0;
        if (!ready) {
            run(folder.resolve("removal.txt"), "rm", "-rf", made.toString());
        }
        assumeThat(ready)
                .as("schemathesis can be installed from a package index: " + end(log))
                .isTrue();
        return made;
    }

    private Path resource(String name) throws IOException {
        Path copy = folder.resolve(name);
        try (InputStream in = Objects.requireNonNull(SchemathesisTest.class.getResourceAsStream(name))) {
            Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
        }
        return copy;
    }

    private int run(Path out, String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(List.of(command)))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile());
        builder.environment().putAll(Map.of("LC_ALL", "C.UTF-8", "PYTHONDONTWRITEBYTECODE", "1"));
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            return process.waitFor();
        } finally {
            process.destroy();
        }
    }

    private static String end(Path file) {
        try {
            String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            return text.substring(Math.max(0, text.length() - 20_000));
        } catch (IOException e) {
            return e.toString();
        }
    }
}

package io.nbguard.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A guard with a shutdown hook, in a JVM of its own that is told to go. */
@Timeout(60)
class ShutdownHookTest {

    @TempDir
    private Path folder;

    @Test
    void aJvmThatIsToldToGoEndsItsExecutionsFirst() throws Exception {
        Files.writeString(folder.resolve("a.ipynb"), "{}");
        Process host = start(ForgetfulHost.class);
        List<String> told = new ArrayList<>();
        try (BufferedReader lines = host.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                told.add(line);
                if (line.contains("RUNNING")) {
                    // Not Process.destroy(), which would close the stream that is read here.
                    host.toHandle().destroy();
                }
            }
        } finally {
            host.destroyForcibly();
        }
        host.waitFor(20, TimeUnit.SECONDS);

        assertThat(told).last().asString().contains("KILLED (GUARD_CLOSED)");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder("a.ipynb", "runtime");
        }
        assertThat(folder.resolve("runtime")).isEmptyDirectory();
    }

    @Test
    void aGuardThatCannotBeClosedByAHookAnyMoreIsNotMade() throws Exception {
        Process host = start(LateHost.class);
        try (BufferedReader lines = host.inputReader()) {
            assertThat(lines.lines())
                    .singleElement()
                    .asString()
                    .contains("no guard can be built while this JVM shuts down")
                    .contains("closed: true true");
        } finally {
            host.destroyForcibly();
        }
    }

    private Process start(Class<?> main) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        main.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}

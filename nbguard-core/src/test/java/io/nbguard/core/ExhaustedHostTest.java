package io.nbguard.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.core.fixture.ExhaustedEngineHost;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A host whose heap is full again and again while an engine runs its executions: every thread of the guard goes on. */
@Tag("slow")
@Timeout(400)
class ExhaustedHostTest {

    @TempDir
    private Path root;

    @Test
    void executionsOfAnEngineEndAndOthersFollowOnceThereIsHeapAgain() throws Exception {
        Files.writeString(root.resolve("a.ipynb"), "{\"cells\": []}");
        Path output = root.resolve("output");
        Process host = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx32m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ExhaustedEngineHost.class.getName(),
                        root.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            host.waitFor();
        } finally {
            host.destroyForcibly();
        }

        List<String> told = Files.readAllLines(output);
        assertThat(told)
                .as(() -> String.join("\n", told))
                .noneMatch(line -> line.startsWith("Exception in thread"))
                .endsWith(
                        "ended COMPLETED",
                        "ended COMPLETED",
                        "ended COMPLETED",
                        "ended COMPLETED",
                        "next COMPLETED",
                        "written true",
                        "closed");
    }
}

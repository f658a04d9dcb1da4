package io.nbguard.examples.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.core.NotebookGuard;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The lines that an embedding host writes, as the README shows them. */
@Timeout(300)
class EmbeddingTest {

    private static final Logger log = LoggerFactory.getLogger(EmbeddingTest.class);

    @TempDir
    Path folder;

    @Test
    void aHostWritesAboutThisAndNothingMore() throws Exception {
        Ground ground = new Ground(folder);
        ground.write("report.ipynb", "print('the report of', year)");
        Path dir = ground.notebooks();
        Path runs = ground.outputs();

        try (NotebookGuard guard =
                NotebookGuard.builder().notebooks(dir).outputs(runs).build()) {
            guard.listen(event -> log.info("{}", event.message()));
            Execution run = guard.run(
                    ExecutionRequest.of("report.ipynb").parameter("year", 2026).build());
            run.completion().join();
        }

        List<Path> outputs = Ground.files(runs);
        assertThat(outputs).hasSize(1);
        assertThat(Files.readString(outputs.get(0))).contains("the report of 2026");
        assertThat(Ground.living(folder.toString())).isEmpty();
    }

    @Test
    void theReadmeShowsTheLinesThatAreTestedHere() throws Exception {
        String readme = Files.readString(Path.of("..", "README.md"));
        int start = readme.indexOf("```java") + "```java".length();
        String shown = readme.substring(start, readme.indexOf("```", start));
        String tested = Files.readString(
                Path.of("src/test/java").resolve(EmbeddingTest.class.getName().replace('.', '/') + ".java"));

        assertThat(shown).contains("NotebookGuard.builder()");
        assertThat(tested.replaceAll("\\s", "")).contains(shown.replaceAll("\\s", ""));
    }
}

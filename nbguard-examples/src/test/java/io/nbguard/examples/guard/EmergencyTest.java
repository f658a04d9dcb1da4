package io.nbguard.examples.guard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.nbguard.papermill.PythonEnvironments;
import io.nbguard.spi.PluginConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Everything ended at once, with real notebooks that have left behind what they could. */
@Tag("slow")
@Timeout(300)
class EmergencyTest {

    private static final String STAY = """
            import footprint
            footprint.leave('%s.process')
            print('before', 'it')
            """;

    /** Holds the interpreter's lock: it hears of no milder way to end. */
    private static final String LOCKED = "import re; re.match(r'(a+)+$', 'a' * 60 + 'b')";

    @TempDir
    Path folder;

    @BeforeAll
    static void makeTheEnvironment() throws InterruptedException {
        PythonEnvironments.prepare(PluginConfig.EMPTY, line -> {});
    }

    @Test
    void aHostThatIsToldToGoEndsAllOfItAndKeepsTheReason() throws Exception {
        Ground ground = new Ground(folder);
        ground.write("waiting.ipynb", STAY.formatted("waiting"), "footprint.await_files('never')");
        ground.write("locked.ipynb", STAY.formatted("locked"), LOCKED);
        ground.write(
                "leaving.ipynb",
                STAY.formatted("leaving"),
                "import escapees; escapees.leave(); open('left', 'w').close()",
                "footprint.await_files('never')");
        List<String> notebooks = List.of("waiting.ipynb", "locked.ipynb", "leaving.ipynb");
        Path temporary = Files.createDirectories(folder.resolve("tmp"));
        try (HostProcess host = HostProcess.start(
                ground,
                temporary,
                UnaryOperator.identity(),
                List.of(HostProgram.EMERGENCY_AT_SHUTDOWN),
                notebooks.toArray(String[]::new))) {
            for (String name : List.of("waiting", "locked", "leaving")) {
                ground.awaitFootprint(name);
            }
            ground.awaitFile("left");
            assertThat(ground.footprints()).hasSize(8).allMatch(Footprint::lives);

            host.terminate();
            host.awaitDeath();

            assertThat(ground.footprints()).as("processes alive").noneMatch(Footprint::lives);
            assertThat(Ground.living(folder.toString())).as("processes alive").isEmpty();
            assertThat(Ground.files(temporary)).as("temporary files").isEmpty();
            List<String> last = host.told()
                    .lines()
                    .filter(line -> line.startsWith("at last "))
                    .toList();
            assertThat(last).as(host::told).hasSize(3);
            assertThat(last).allSatisfy(line -> {
                HostReport report = HostReport.parse(line.substring("at last ".length()));
                assertThat(notebooks).contains(report.notebook());
                assertThat(report.state()).isEqualTo("KILLED");
                assertThat(report.reason()).isEqualTo("EMERGENCY");
                assertThat(report.message()).isEqualTo("Emergency shutdown: the host is told to go");
            });
            List<Path> kept = Ground.files(ground.outputs().resolve(".nbguard")).stream()
                    .filter(Files::isRegularFile)
                    .toList();
            assertThat(kept).as(host::told).hasSize(1);
            assertThat(host.told()).contains("persisted=Optional[" + kept.get(0) + "]");
            Map<String, List<String>> fields = fields(kept.get(0));
            assertThat(fields.get("reason")).containsExactly("the host is told to go");
            assertThat(fields.get("finished")).containsExactly("true");
            assertThat(fields.get("notebook")).containsExactlyElementsOf(notebooks);
            assertThat(fields.get("state")).containsOnly("RUNNING").hasSize(3);
            assertThat(fields.get("alive")).containsOnly("false").hasSize(3);
            assertThat(fields.get("endReason")).containsOnly("EMERGENCY").hasSize(3);
            assertThat(fields.get("rssBytes"))
                    .allSatisfy(bytes -> assertThat(Long.parseLong(bytes)).isGreaterThan(50L << 20));
            assertThat(fields.get("limitBytes")).as("memory").hasSize(1);
            Ground.figure(
                    "emergency shutdown of three notebooks and what they left",
                    fields.get("tookMillis").get(0) + " ms");
        }
    }

    /** Reads a JSON text; returns the values of each name, in their order, wherever they are in it. */
    private static Map<String, List<String>> fields(Path file) throws Exception {
        Map<String, List<String>> fields = new HashMap<>();
        try (JsonParser json = new JsonFactory().createParser(file.toFile())) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token.isScalarValue()) {
                    fields.computeIfAbsent(json.currentName(), name -> new ArrayList<>())
                            .add(json.getText());
                }
            }
        }
        return fields;
    }
}

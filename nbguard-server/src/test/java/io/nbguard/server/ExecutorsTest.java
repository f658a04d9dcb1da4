package io.nbguard.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import io.nbguard.api.GuardException;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.testkit.FolderEngine;
import io.nbguard.testkit.FolderExecutor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several executors in one guard: which one runs a request, and whether their engines answer. */
@Timeout(120)
class ExecutorsTest {

    @TempDir
    private Path folder;

    private FolderEngine engine;

    @BeforeEach
    void makeEngine() {
        engine = new FolderEngine(folder.resolve("engine"));
    }

    private ServeWorld open() throws IOException {
        ServeWorld world = ServeWorld.open(folder, builder -> builder.executor(new FolderExecutor(engine)));
        world.write("ok.ipynb", "x = 1");
        return world;
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> items(Object list) {
        return (List<Map<String, Object>>) list;
    }

    @Test
    void aRequestNamesItsExecutorAndEverythingThatIsToldOfItDoesToo() throws Exception {
        try (ServeWorld world = open()) {
            RawHttp.Answer started = world.ask(
                    "POST", "/api/v1/executions", "{\"notebook\":\"ok.ipynb\",\"executor\":\"folder-engine\"}");

            assertThat(started.status()).as(started.body()).isEqualTo(201);
            assertThat(started.json()).containsEntry("executor", "folder-engine");
            String id = String.valueOf(started.json().get("id"));
            await().atMost(Duration.ofSeconds(60)).until(() -> engine.jobs().contains("job-" + id));
            engine.runs("job-" + id);
            await().atMost(Duration.ofSeconds(60))
                    .until(() ->
                            world.ask("GET", "/api/v1/executions/" + id).body().contains("\"RUNNING\""));
            Map<String, Object> shown =
                    world.ask("GET", "/api/v1/executions/" + id).json();
            assertThat(shown).containsEntry("executor", "folder-engine");
            assertThat((Map<?, ?>) shown.get("request")).extracting("executor").isEqualTo("folder-engine");
            assertThat((Map<?, ?>) shown.get("live")).extracting("executor").isEqualTo("folder-engine");
            assertThat(items(world.ask("GET", "/stats").json().get("individual_notebooks")))
                    .singleElement()
                    .satisfies(row -> assertThat(row).containsEntry("executor", "folder-engine"));
            engine.ends("job-" + id, 0);
            await().atMost(Duration.ofSeconds(60))
                    .until(() ->
                            world.ask("GET", "/api/v1/executions/" + id).body().contains("\"COMPLETED\""));

            assertThat(world.ask("POST", "/notebooks/run/ok.ipynb", "{\"executor\":\"stand-in\"}")
                            .json())
                    .containsEntry("executor", "stand-in");
            RawHttp.Answer schedule = world.ask(
                    "POST",
                    "/api/v1/schedules",
                    "{\"id\":\"hourly\",\"trigger\":\"interval\",\"expression\":\"PT1H\","
                            + "\"request\":{\"notebook\":\"ok.ipynb\",\"executor\":\"folder-engine\"}}");
            assertThat((Map<?, ?>) schedule.json().get("request"))
                    .extracting("executor")
                    .isEqualTo("folder-engine");
            assertThat(world.ask("POST", "/api/v1/schedules/hourly/run").json())
                    .containsEntry("executor", "folder-engine");
            engine.jobs().forEach(job -> engine.ends(job, 0));
            world.executor.completeAll();
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                engine.jobs().forEach(job -> engine.ends(job, 0));
                return world.guard.executions().stream()
                        .allMatch(execution -> execution.state().isEnd());
            });
        }
    }

    @Test
    void anExecutorThatIsNotThereIsRefusedInTheSameWordsAtEveryEntrance() throws Exception {
        try (ServeWorld world = open()) {
            String words = catchThrowableOfType(
                            GuardException.class,
                            () -> world.guard.run(ExecutionRequest.of("ok.ipynb")
                                    .executor("folder-engin")
                                    .build()))
                    .getMessage();
            assertThat(words)
                    .isEqualTo("there is no executor 'folder-engin': this guard has 'folder-engine', 'stand-in'");

            String request = "{\"notebook\":\"ok.ipynb\",\"executor\":\"folder-engin\"}";
            String schedule = "{\"trigger\":\"interval\",\"expression\":\"PT1H\",\"request\":" + request + "}";
            for (RawHttp.Answer refused : List.of(
                    world.ask("POST", "/api/v1/executions", request),
                    world.ask("POST", "/notebooks/run/ok.ipynb", "{\"executor\":\"folder-engin\"}"),
                    world.ask("POST", "/api/v1/schedules", schedule),
                    world.ask("POST", "/scheduler/add", schedule))) {
                assertThat(refused.status()).isEqualTo(404);
                assertThat((Map<?, ?>) refused.json().get("error"))
                        .extracting("message")
                        .isEqualTo(words);
            }
        }
    }

    @Test
    void theHealthOfEachEngineIsTold() throws Exception {
        try (ServeWorld world = open()) {
            assertThat(items(world.ask("GET", "/healthz").json().get("executors")))
                    .extracting("name", "location", "reachable")
                    .containsExactly(tuple("stand-in", "local", true), tuple("folder-engine", "remote", true));

            engine.isDown();
            RawHttp.Answer health = world.ask("GET", "/healthz");
            assertThat(health.status()).as("another executor runs notebooks").isEqualTo(200);
            assertThat(items(health.json().get("executors")).get(1))
                    .containsEntry("reachable", false)
                    .containsEntry("finding", null)
                    .doesNotContainEntry("since", null);
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                            items(world.ask("GET", "/api/v1/node").json().get("executors"))
                                    .get(1))
                    .containsEntry("reachable", false)
                    .containsEntry("finding", "the engine is down"));

            engine.answers();
            assertThat(items(world.ask("GET", "/healthz").json().get("executors"))
                            .get(1))
                    .containsEntry("reachable", true);
        }
    }

    @Test
    void aHostWhoseOnlyExecutorsEngineDoesNotAnswerIsNotReady() throws Exception {
        try (ServeWorld world = ServeWorld.openWith(folder, new FolderExecutor(engine))) {
            assertThat(world.ask("GET", "/healthz").status()).isEqualTo(200);

            engine.isDown();
            RawHttp.Answer health = world.ask("GET", "/healthz");
            assertThat(health.status()).isEqualTo(503);
            assertThat(health.json()).containsEntry("status", "unreachable");
            assertThat(health.body()).contains("the engine of the only executor, folder-engine, does not answer");

            engine.answers();
            assertThat(world.ask("GET", "/healthz").status()).isEqualTo(200);
        }
    }
}

package io.nbguard.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the runs of a schedule went, as the interface tells it. */
class ScheduleRunsTest {

    @TempDir
    Path folder;

    /** With none remembered, what has ended is known to the history only. */
    @ParameterizedTest
    @ValueSource(ints = {1_000, 0})
    void aScheduleTellsHowItsLastRunThatHasEndedWent(int remembered) throws IOException {
        try (ServeWorld world = ServeWorld.open(folder, builder -> builder.history(h -> h.rememberEnded(remembered)))) {
            world.write("ok.ipynb", "x = 1");
            String schedule = "{\"id\":\"often\",\"trigger\":\"interval\",\"expression\":\"PT1H\",\"maxInstances\":2,"
                    + "\"request\":{\"notebook\":\"ok.ipynb\"}}";
            assertThat(world.ask("POST", "/api/v1/schedules", schedule).json()).containsEntry("lastRun", null);

            String first = start(world);
            assertThat(lastRun(world)).isEmpty();
            world.executor.failAll("KeyError: 'amount'");
            awaitLastRun(world, first);
            assertThat(lastRun(world))
                    .containsEntry("state", "FAILED")
                    .containsEntry("status", "failed")
                    .containsEntry("reason", "CELL_ERROR")
                    .containsEntry("why", "KeyError: 'amount'")
                    .hasEntrySatisfying("endedAt", at -> assertThat(at).isInstanceOf(String.class));

            String second = start(world);
            assertThat(lastRun(world)).containsEntry("execution", first);
            world.executor.completeAll();
            awaitLastRun(world, second);
            assertThat(lastRun(world)).containsEntry("status", "completed");

            assertThat(world.ask("DELETE", "/api/v1/schedules/often").status()).isEqualTo(204);
            assertThat(world.ask("POST", "/api/v1/schedules", schedule).json()).containsEntry("lastRun", null);
        }
    }

    private static String start(ServeWorld world) throws IOException {
        int before = world.executor.launches.get();
        RawHttp.Answer started = world.ask("POST", "/api/v1/schedules/often/run");
        assertThat(started.status()).isEqualTo(201);
        await().atMost(Duration.ofMinutes(1)).until(() -> world.executor.launches.get() > before);
        return String.valueOf(started.json().get("id"));
    }

    private static void awaitLastRun(ServeWorld world, String execution) {
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(lastRun(world)).containsEntry("execution", execution));
    }

    /** Returns the schedule's last run; empty if there is none. */
    @SuppressWarnings("unchecked")
    private static Map<String, Object> lastRun(ServeWorld world) throws IOException {
        List<Map<String, Object>> all = world.ask("GET", "/api/v1/schedules").items();
        Object last = world.ask("GET", "/api/v1/schedules/often").json().get("lastRun");
        assertThat(all.get(0)).containsEntry("lastRun", last);
        return last == null ? Map.of() : (Map<String, Object>) last;
    }
}

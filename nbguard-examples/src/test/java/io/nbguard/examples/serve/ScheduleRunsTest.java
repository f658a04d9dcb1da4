package io.nbguard.examples.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nbguard.examples.client.Item;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
        try (ServeWorld world = ServeWorld.open(folder, builder -> builder.rememberEnded(remembered))) {
            world.write("ok.ipynb", "x = 1");
            String schedule = "{\"id\":\"often\",\"trigger\":\"interval\",\"expression\":\"PT1H\",\"maxInstances\":2,"
                    + "\"request\":{\"notebook\":\"ok.ipynb\"}}";
            assertThat(world.ask("POST", "/api/v1/schedules", schedule).json()).containsEntry("lastRun", null);

            String first = start(world);
            assertThat(lastRun(world).members()).isEmpty();
            world.executor.failAll("KeyError: 'amount'");
            awaitLastRun(world, first);
            assertThat(lastRun(world).members())
                    .containsEntry("state", "FAILED")
                    .containsEntry("status", "failed")
                    .containsEntry("reason", "CELL_ERROR")
                    .containsEntry("why", "KeyError: 'amount'")
                    .hasEntrySatisfying("endedAt", at -> assertThat(at).isInstanceOf(String.class));

            String second = start(world);
            assertThat(lastRun(world).text("execution")).isEqualTo(first);
            world.executor.completeAll();
            awaitLastRun(world, second);
            assertThat(lastRun(world).text("status")).isEqualTo("completed");

            assertThat(world.ask("DELETE", "/api/v1/schedules/often").status()).isEqualTo(204);
            assertThat(world.ask("POST", "/api/v1/schedules", schedule).json()).containsEntry("lastRun", null);
        }
    }

    private static String start(ServeWorld world) throws IOException {
        int before = world.executor.launches.get();
        RawHttp.Answer started = world.ask("POST", "/api/v1/schedules/often/run");
        assertThat(started.status()).isEqualTo(201);
        await().atMost(Duration.ofMinutes(1)).until(() -> world.executor.launches.get() > before);
        return Item.of(started.json()).text("id");
    }

    private static void awaitLastRun(ServeWorld world, String execution) {
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(
                        () -> assertThat(lastRun(world).text("execution")).isEqualTo(execution));
    }

    private static Item lastRun(ServeWorld world) throws IOException {
        List<?> all = (List<?>) world.ask("GET", "/api/v1/schedules").json().get("items");
        Item one = Item.of(world.ask("GET", "/api/v1/schedules/often").json());
        assertThat(Item.of(all.get(0)).item("lastRun")).isEqualTo(one.item("lastRun"));
        return one.item("lastRun");
    }
}

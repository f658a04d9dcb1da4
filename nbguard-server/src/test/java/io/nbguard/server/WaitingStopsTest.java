package io.nbguard.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nbguard.api.history.HistoryQuery;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests that stop an execution and wait for its end keep no other request out, however many they are. */
@Timeout(180)
class WaitingStopsTest {

    /** More than there are places for requests of all kinds. */
    private static final int WAITING = 120;

    @TempDir
    Path folder;

    @Test
    void manyStopsThatWaitHoldNoPlaceOfHealthFiguresAndOtherStops() throws Exception {
        ExecutorService clients = Executors.newCachedThreadPool();
        try (ServeWorld world =
                ServeWorld.open(folder, settings -> settings.lifecycle(l -> l.stopGrace(Duration.ofMinutes(10))))) {
            world.executor.ignoresInterrupts();
            world.write("stubborn.ipynb", "x = 1");
            world.write("other.ipynb", "x = 1");
            String stubborn = started(world, "stubborn.ipynb");
            String other = started(world, "other.ipynb");
            List<CompletableFuture<RawHttp.Answer>> waiting = new ArrayList<>();
            for (int i = 0; i < WAITING; i++) {
                waiting.add(CompletableFuture.supplyAsync(
                        () -> askUntilThereIsAPlace(world, stubborn + "?wait=true&mode=graceful"), clients));
            }

            for (int i = 0; i < 20; i++) {
                assertThat(world.ask("GET", "/healthz").status()).isEqualTo(200);
                assertThat(world.ask("GET", "/stats").status()).isEqualTo(200);
                assertThat(world.ask("GET", "/api/v1/executions").status()).isEqualTo(200);
                assertThat(world.ask("DELETE", other + "?mode=graceful").status())
                        .isEqualTo(202);
            }
            assertThat(world.ask("DELETE", other + "?wait=true").status()).isEqualTo(200);
            assertThat(world.ask("GET", stubborn).json()).containsEntry("endedAt", null);

            assertThat(waiting.stream().filter(CompletableFuture::isDone)).isEmpty();
            world.executor.completeAll();
            for (CompletableFuture<RawHttp.Answer> answer : waiting) {
                // One that has come too late hears that there is nothing to stop.
                assertThat(answer.get().status()).as(answer.get().body()).isIn(200, 409);
            }
            assertThat(waiting.stream().filter(answer -> answer.join().status() == 200))
                    .isNotEmpty();
        } finally {
            clients.shutdownNow();
        }
    }

    /** All begin in one moment, and for that moment each needs a place. */
    private static RawHttp.Answer askUntilThereIsAPlace(ServeWorld world, String path) {
        RawHttp.Answer answer = ask(world, "DELETE", path);
        while (answer.body().contains("TOO_BUSY")) {
            answer = ask(world, "DELETE", path);
        }
        return answer;
    }

    @Test
    void aStopThatWaitsIsAuditedAtItsEndAndSaysWhatCameOfIt() throws Exception {
        try (ServeWorld world = ServeWorld.open(folder)) {
            world.write("ok.ipynb", "x = 1");
            String running = started(world, "ok.ipynb");

            assertThat(world.ask("DELETE", "/notebooks/stop/ok.ipynb").body()).contains("\"stopped\":[\"");

            RawHttp.Answer again = world.ask("DELETE", running + "?wait=true");
            assertThat(again.status()).isEqualTo(409);
            world.server.close();
            assertThat(world.guard.history().flush(Duration.ofSeconds(30))).isTrue();
            assertThat(world.guard.history().audit(HistoryQuery.latest(100)).items())
                    .filteredOn(entry -> entry.action().equals("execution.stop"))
                    .extracting(entry -> entry.outcome().split(":")[0])
                    .containsExactlyInAnyOrder("accepted", "CONFLICT");
        }
    }

    private static RawHttp.Answer ask(ServeWorld world, String method, String path) {
        try {
            return world.ask(method, path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String started(ServeWorld world, String notebook) throws IOException {
        String path = "/api/v1/executions/"
                + world.ask("POST", "/notebooks/run/" + notebook).json().get("id");
        await().atMost(Duration.ofMinutes(1))
                .until(() -> "running".equals(world.ask("GET", path).json().get("status")));
        return path;
    }
}

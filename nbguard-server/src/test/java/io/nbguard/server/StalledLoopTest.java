package io.nbguard.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server whose guard's sampling loop stands still says so in every answer that shows the node. */
@Timeout(120)
class StalledLoopTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @Test
    void healthFailsAndNoRateIsPromisedWhileTheLoopStandsStill() throws IOException {
        CountDownLatch released = new CountDownLatch(1);
        try (ServeWorld world = ServeWorld.open(
                folder,
                settings -> settings.threadFactory(work -> new Thread(() -> {
                    if (work.getClass().getName().contains("SamplerThread")) {
                        hold(released);
                    }
                    work.run();
                })))) {
            await("health fails")
                    .atMost(SOON)
                    .until(() -> world.ask("GET", "/healthz").status() == 503);
            assertThat(world.ask("GET", "/healthz").body())
                    .contains("\"status\":\"stalled\"", "the sampling loop stands still");
            String node = world.ask("GET", "/api/v1/node").body();
            assertThat(node).contains("\"stalled\":true");
            assertThat(world.ask("GET", "/stats").status()).isEqualTo(200);

            released.countDown();

            await("health is back")
                    .atMost(SOON)
                    .until(() -> world.ask("GET", "/healthz").status() == 200);
            assertThat(world.ask("GET", "/api/v1/node").body()).contains("\"stalled\":false");
        } finally {
            released.countDown();
        }
    }

    private static void hold(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

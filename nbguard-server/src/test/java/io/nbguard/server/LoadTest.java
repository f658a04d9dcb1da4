package io.nbguard.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Fifty who poll and twenty who stream, while papermill runs; the figures go to target/serve-load.txt. */
@Tag("slow")
@Timeout(300)
class LoadTest {

    private static final int POLLERS = 50;
    private static final int STREAMS = 20;
    private static final Duration LASTS = Duration.ofSeconds(10);
    private static final Duration BETWEEN_POLLS = Duration.ofMillis(250);

    @TempDir
    Path folder;

    @Test
    void fiftyPollersAndTwentyStreamsMakeTheLoopMissNoTick() throws Exception {
        ServerSettings.Limits limits = new ServerSettings.Limits(STREAMS, 5_000, 100, 1 << 20);
        try (ServeWorld world = ServeWorld.withPapermill(folder, limits)) {
            world.write(
                    "work.ipynb", "import time\nfor i in range(100000):\n    sum(range(1000))\n    time.sleep(0.01)");
            Execution run = world.guard.run(ExecutionRequest.of("work.ipynb").build());
            await().atMost(Duration.ofMinutes(2)).until(() -> run.state() == ExecutionState.RUNNING);
            ExecutorService clients = Executors.newFixedThreadPool(POLLERS + STREAMS);
            CountDownLatch ended = new CountDownLatch(1);
            ConcurrentLinkedQueue<Long> nanos = new ConcurrentLinkedQueue<>();
            AtomicLong streamed = new AtomicLong();
            List<Future<?>> all = new ArrayList<>();
            long missedBefore = world.guard.snapshot().loop().missedTicks();
            long ticksBefore = world.guard.snapshot().loop().ticks();
            try {
                for (int i = 0; i < STREAMS; i++) {
                    all.add(clients.submit(() -> {
                        stream(world.port(), ended, streamed);
                        return null;
                    }));
                }
                for (int i = 0; i < POLLERS; i++) {
                    all.add(clients.submit(() -> {
                        poll(world.port(), ended, nanos);
                        return null;
                    }));
                }
                assertThat(ended.await(LASTS.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
                ended.countDown();
                for (Future<?> one : all) {
                    one.get(1, TimeUnit.MINUTES);
                }
            } finally {
                ended.countDown();
                clients.shutdownNow();
            }
            long missed = world.guard.snapshot().loop().missedTicks() - missedBefore;
            report(nanos, streamed.get(), missed, world.guard.snapshot().loop().ticks() - ticksBefore);

            assertThat(run.state()).isEqualTo(ExecutionState.RUNNING);
            assertThat(missed).isZero();
            assertThat(streamed).hasValueGreaterThan(0);
        }
    }

    private static void poll(int port, CountDownLatch ended, ConcurrentLinkedQueue<Long> nanos) throws Exception {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/stats"))
                .header("Authorization", "Bearer " + ServeWorld.VIEWER)
                .build();
        while (!ended.await(BETWEEN_POLLS.toMillis(), TimeUnit.MILLISECONDS)) {
            long begun = System.nanoTime();
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            nanos.add(System.nanoTime() - begun);
            assertThat(answer.statusCode()).isEqualTo(200);
        }
    }

    private static void stream(int port, CountDownLatch ended, AtomicLong bytes) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream()
                    .write(("GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                                    + ServeWorld.VIEWER + "\r\n\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            InputStream in = socket.getInputStream();
            byte[] part = new byte[8_192];
            while (ended.getCount() > 0) {
                bytes.addAndGet(in.read(part));
            }
        }
    }

    private static void report(Iterable<Long> nanos, long streamed, long missed, long ticks) throws IOException {
        List<Long> sorted = new ArrayList<>();
        nanos.forEach(sorted::add);
        sorted.sort(null);
        String text = String.format(
                Locale.ROOT,
                "%d pollers, %d streams, %d s: %d answers of /stats, p50 %.1f ms, p99 %.1f ms, slowest %.1f ms;"
                        + " %d bytes streamed; %d ticks, %d missed%n",
                POLLERS,
                STREAMS,
                LASTS.toSeconds(),
                sorted.size(),
                millis(sorted, 0.50),
                millis(sorted, 0.99),
                millis(sorted, 1),
                streamed,
                ticks,
                missed);
        Files.writeString(Files.createDirectories(Path.of("target")).resolve("serve-load.txt"), text);
        System.out.print(text);
    }

    private static double millis(List<Long> sorted, double part) {
        int index = (int) Math.min(sorted.size() - 1, Math.ceil(part * sorted.size()));
        return sorted.get(Math.max(0, index)) / 1e6;
    }
}

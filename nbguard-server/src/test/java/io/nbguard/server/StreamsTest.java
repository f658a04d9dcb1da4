package io.nbguard.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nbguard.server.stream.StreamMessage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Live streams, and readers that do not read. */
@Timeout(120)
class StreamsTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String STREAM =
            "GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + ServeWorld.VIEWER + "\r\n\r\n";

    @TempDir
    Path folder;

    private ServeWorld world;

    @BeforeEach
    void open() throws IOException {
        world = ServeWorld.open(folder);
        world.write("ok.ipynb", "x = 1");
    }

    @AfterEach
    void close() {
        world.close();
    }

    /** A reader of the stream of server-sent events. */
    private static final class Reader implements AutoCloseable {

        final Queue<String> lines = new ConcurrentLinkedQueue<>();
        volatile boolean ended;
        private final Socket socket;

        Reader(int port) throws IOException {
            socket = new Socket("127.0.0.1", port);
            socket.getOutputStream().write(STREAM.getBytes(StandardCharsets.UTF_8));
            Thread thread = new Thread(() -> {
                try (BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
                    for (String line = in.readLine(); line != null; line = in.readLine()) {
                        lines.add(line);
                    }
                } catch (IOException e) {
                    // Closed by this test.
                }
                ended = true;
            });
            thread.setDaemon(true);
            thread.start();
        }

        boolean has(String part) {
            return lines.stream().anyMatch(line -> line.contains(part));
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    void aReaderGetsASnapshotAtOnceAndThenWhateverHappens() throws IOException {
        try (Reader reader = new Reader(world.port())) {
            await().atMost(SOON).until(() -> reader.has("event: snapshot"));
            assertThat(reader.lines.peek()).isEqualTo("HTTP/1.1 200 OK");

            world.ask("POST", "/notebooks/run/ok.ipynb");
            await().atMost(SOON).until(() -> reader.has("\"state\":\"RUNNING\""));
            await().atMost(SOON).until(() -> reader.has("\"type\":\"ExecutionChanged\""));
            await().atMost(SOON).until(() -> world.executor.launches.get() == 1);
            world.executor.completeAll();
            await().atMost(SOON).until(() -> reader.has("\"state\":\"COMPLETED\""));

            world.ask(
                    "POST",
                    "/scheduler/add",
                    "{\"id\":\"hourly\",\"trigger\":\"interval\",\"expression\":\"PT1H\","
                            + "\"request\":{\"notebook\":\"ok.ipynb\"}}");
            await().atMost(SOON).until(() -> reader.has("event: schedules") && reader.has("\"id\":\"hourly\""));
        }
    }

    @Test
    void aWebSocketGetsTheSameMessages() {
        List<String> messages = new ArrayList<>();
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .header("Authorization", "Bearer " + ServeWorld.VIEWER)
                .buildAsync(URI.create("ws://127.0.0.1:" + world.port() + "/api/v1/ws"), new WebSocket.Listener() {
                    private final StringBuilder part = new StringBuilder();

                    @Override
                    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
                        part.append(data);
                        if (last) {
                            synchronized (messages) {
                                messages.add(part.toString());
                            }
                            part.setLength(0);
                        }
                        from.request(1);
                        return null;
                    }
                })
                .join();

        await().atMost(SOON).untilAsserted(() -> assertThat(copy(messages)).isNotEmpty());
        assertThat(copy(messages).get(0)).startsWith("{\"type\":\"snapshot\",\"data\":{\"sequence\":");
        world.broadcaster().tell(StreamMessage.of("event", json -> json.writeStringField("message", "hello")));
        await().atMost(SOON).untilAsserted(() -> assertThat(copy(messages))
                .contains("{\"type\":\"event\",\"data\":{\"message\":\"hello\"}}"));
        socket.abort();
    }

    private static List<String> copy(List<String> messages) {
        synchronized (messages) {
            return List.copyOf(messages);
        }
    }

    @Test
    void asManyStreamsAsMayBeAndNoMore() throws IOException {
        List<Reader> readers = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                readers.add(new Reader(world.port()));
            }
            await().atMost(SOON).until(() -> world.broadcaster().readers() == 8);

            RawHttp.Answer answer = world.ask("GET", "/api/v1/stream");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.error()).contains("8 streams");
            assertThat(answer.headers()).containsKey("retry-after");
            RawHttp.Answer upgrade = RawHttp.ask(
                    world.port(),
                    ServeWorld.request("GET", "/api/v1/ws")
                            .replace(
                                    "Connection: close",
                                    "Upgrade: websocket\r\nConnection: Upgrade, close\r\n"
                                            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="));
            assertThat(upgrade.status()).isEqualTo(503);
            assertThat(world.ask("GET", "/stats").status()).isEqualTo(200);
        } finally {
            for (Reader reader : readers) {
                reader.close();
            }
        }
    }

    @Test
    void aReaderThatHasGoneMakesRoomForAnother() throws IOException {
        Reader reader = new Reader(world.port());
        await().atMost(SOON).until(() -> reader.has("event: snapshot"));
        reader.close();

        await().atMost(SOON).until(() -> world.broadcaster().readers() == 0);
    }

    @Test
    void aReaderThatNeverReadsGrowsNoMemoryAndDelaysNoOther() throws Exception {
        try (Socket deaf = new Socket();
                Reader reader = new Reader(world.port())) {
            deaf.setReceiveBufferSize(4_096);
            deaf.connect(new InetSocketAddress("127.0.0.1", world.port()));
            deaf.getOutputStream().write(STREAM.getBytes(StandardCharsets.UTF_8));
            await().atMost(SOON).until(() -> world.broadcaster().readers() == 2);

            String filling = "x".repeat(20_000);
            long most = 0;
            for (int i = 0; i < 2_000; i++) {
                String text = i + filling;
                world.broadcaster().tell(StreamMessage.of("event", json -> json.writeStringField("text", text)));
                most = Math.max(most, world.broadcaster().held());
                if (i % 100 == 99) {
                    String newest = "\"text\":\"" + i + "x";
                    await().atMost(SOON).until(() -> reader.has(newest));
                    reader.lines.clear();
                }
            }

            // 40 million characters were told; two mailboxes hold at most a million each, and a snapshot.
            assertThat(most).isLessThan(2_500_000);
            assertThat(world.ask("GET", "/stats").status()).isEqualTo(200);
        }
    }

    @Test
    void closingTheHostEndsEveryStream() throws IOException {
        try (Reader reader = new Reader(world.port())) {
            await().atMost(SOON).until(() -> reader.has("event: snapshot"));
            world.server.close();

            await().atMost(SOON).until(() -> reader.ended);
        }
    }
}

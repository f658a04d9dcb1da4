package io.nbguard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nbguard.cli.Flood.Hostile;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A real {@code serve} with the heap that {@code ./nbguard} gives it, under 200 hostile connections of each kind: health,
 * figures and stopping answer throughout, no memory runs out, and a notebook that eats memory is ended as early as ever.
 */
@Tag("slow")
@Timeout(600)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ServeUnderAttackTest {

    private static final int CONNECTIONS = 200;
    private static final int ROUNDS = 10;
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(60);
    /** How much more the hog may have held than without a flood: one that grows 200 MB further is far beyond. */
    private static final double PEAK_RATIO = 1.25;

    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");
    private static final Pattern PEAK = Pattern.compile("\"peakMemoryBytes\":(\\d+)");
    private static final Pattern LINK = Pattern.compile("http://127\\.0\\.0\\.1:(\\d+)/");
    private static final String EMPTY_LISTS = "[" + "[],".repeat(340_000) + "[]]";

    @TempDir
    static Path folder;

    private static NbguardProcess serve;
    private static int port;
    private static String token = "";
    private static String noisy = "";

    @BeforeAll
    static void start() throws Exception {
        Path notebooks = Files.createDirectories(folder.resolve("notebooks"));
        TestNotebook.write(notebooks.resolve("quick.ipynb"), "year = 2025", "print('the year is', year)");
        TestNotebook.write(notebooks.resolve("slow.ipynb"), "seconds = 600", "import time\ntime.sleep(seconds)");
        TestNotebook.write(notebooks.resolve("hog.ipynb"), "folder = '" + folder + "'", """
                import os, time
                kept = []
                open(folder + '/ready', 'w').close()
                while not os.path.exists(folder + '/go'):
                    time.sleep(0.02)
                for _ in range(750):
                    kept.append(b'x' * (2 << 20))
                    time.sleep(0.01)""");
        Map<String, String> environment =
                Map.of("XDG_CONFIG_HOME", folder.resolve("config").toString());
        serve = NbguardProcess.start(
                folder,
                environment,
                "serve",
                "notebooks",
                "--outputs",
                "out",
                "--port",
                "0",
                "--grace",
                "1s",
                "--memory-budget",
                "500m");
        await().atMost(Duration.ofMinutes(2))
                .until(() -> !serve.isAlive() || LINK.matcher(serve.outSoFar()).find());
        Matcher link = LINK.matcher(serve.outSoFar());
        assertThat(link.find()).as(serve.outSoFar()).isTrue();
        port = Integer.parseInt(link.group(1));
        token = Files.readString(folder.resolve("config/nbguard/token")).strip();
        // What is done to this process is no way to the watchdog.
        await().atMost(Duration.ofMinutes(1))
                .until(() -> ask("GET", "/api/v1/node").body().contains("\"watchdog\":\"SIDECAR\""));
        noisy = noisyExecution();
        assertThat(ask("POST", "/notebooks/run/slow.ipynb").status()).isEqualTo(201);
        await().atMost(Duration.ofMinutes(2))
                .until(() -> ask("GET", "/stats").body().contains("\"status\":\"running\""));
    }

    /** Runs a notebook that leaves half a million tiny outputs. */
    private static String noisyExecution() throws Exception {
        String execution = started("quick.ipynb");
        Pattern output = Pattern.compile("\"output\":\"([^\"]+)\"");
        await().atMost(Duration.ofMinutes(2))
                .until(() -> output.matcher(ask("GET", execution).body()).find());
        Matcher name = output.matcher(ask("GET", execution).body());
        assertThat(name.find()).isTrue();
        try (Writer out = Files.newBufferedWriter(folder.resolve("out").resolve(name.group(1)))) {
            out.write("{\"cells\":[{\"cell_type\":\"code\",\"outputs\":[");
            for (int i = 0; i < 500_000; i++) {
                out.write((i == 0 ? "" : ",") + "{\"name\":\"stdout\",\"output_type\":\"stream\",\"text\":\"" + i
                        + "\\n\"}");
            }
            out.write("],\"source\":\"\"}],\"metadata\":{},\"nbformat\":4,\"nbformat_minor\":5}");
        }
        return execution;
    }

    private static String started(String notebook) {
        // The places that a flood has just given up become free one after the other.
        String answer = await().atMost(Duration.ofMinutes(1))
                .until(() -> ask("POST", "/notebooks/run/" + notebook).body(), body -> !body.contains("TOO_BUSY"));
        Matcher id = ID.matcher(answer);
        assertThat(id.find()).as(answer).isTrue();
        return "/api/v1/executions/" + id.group(1);
    }

    @AfterAll
    static void end() {
        if (serve != null) {
            serve.close();
        }
    }

    private record Answer(int status, String body) {}

    /** Asks on a connection of its own. */
    private static Answer ask(String method, String path) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
        connection.setRequestMethod(method);
        connection.setRequestProperty("Authorization", "Bearer " + token);
        connection.setRequestProperty("Connection", "close");
        connection.setConnectTimeout((int) LONGEST_ANSWER.toMillis());
        connection.setReadTimeout((int) LONGEST_ANSWER.toMillis());
        int status = connection.getResponseCode();
        try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            return new Answer(status, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** What is done to it, by name. */
    private record Attack(String name, Hostile kind) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static String head(String method, String path, String... headers) {
        return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + String.join("", headers);
    }

    private static String known() {
        return "Authorization: Bearer " + token + "\r\n";
    }

    static Stream<Attack> attacks() {
        String json = "Content-Type: application/json\r\n";
        return Stream.of(
                new Attack("slow headers", Hostile.slow(head("GET", "/healthz") + "X-Slow: ")),
                new Attack(
                        "slow bodies to log in with",
                        Hostile.slow(head("POST", "/api/v1/login", json, "Content-Length: 4000\r\n\r\n"))),
                new Attack(
                        "slow bodies without a token",
                        Hostile.slow(head("POST", "/api/v1/executions", json, "Content-Length: 90000\r\n\r\n"))),
                new Attack(
                        "slow bodies of an operator",
                        Hostile.slow(
                                head("POST", "/api/v1/executions", known(), json, "Content-Length: 90000\r\n\r\n"))),
                new Attack(
                        "large bodies to log in with",
                        Hostile.whole(Flood.withBody(head("POST", "/api/v1/login"), "{\"x\":" + EMPTY_LISTS + "}"))),
                new Attack(
                        "large bodies of an operator",
                        Hostile.whole(Flood.withBody(
                                head("POST", "/api/v1/schedules/preview", known()), "{\"x\":" + EMPTY_LISTS + "}"))),
                new Attack(
                        "wrong tokens",
                        Hostile.whole(Flood.withBody(
                                head(
                                        "POST",
                                        "/notebooks/run/quick.ipynb",
                                        "Authorization: Bearer wrong-token-0123456789\r\n"),
                                ""))),
                new Attack(
                        "half-closed connections",
                        Hostile.halfClosed(head("POST", "/api/v1/login", json, "Content-Length: 4000\r\n\r\n{"))),
                new Attack("streams that are not read", Hostile.deaf(head("GET", "/api/v1/stream", known(), "\r\n"))),
                new Attack(
                        "WebSockets that are not read",
                        Hostile.deaf(head(
                                "GET",
                                "/api/v1/ws",
                                known(),
                                "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                        + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"))),
                new Attack(
                        "logs of a notebook with half a million outputs",
                        Hostile.whole(head("GET", noisy + "/log?lines=10000", known(), "\r\n")
                                .getBytes(StandardCharsets.UTF_8))),
                new Attack("views that are not read", Hostile.deaf(head("GET", noisy + "/view", known(), "\r\n"))));
    }

    @ParameterizedTest
    @MethodSource("attacks")
    @Order(1)
    void healthFiguresAndStoppingAnswerThroughout(Attack attack) throws Exception {
        try (Flood flood = Flood.of(port, CONNECTIONS, attack.kind())) {
            assertThat(flood).isNotNull();
            itAnswers();
        }
    }

    private static void itAnswers() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            assertThat(ask("GET", "/healthz").status()).isEqualTo(200);
            assertThat(ask("GET", "/stats").body()).contains("slow.ipynb");
            assertThat(ask("DELETE", "/notebooks/stop/none.ipynb").status()).isEqualTo(404);
        }
        assertThat(serve.isAlive()).isTrue();
        assertThat(serve.errSoFar()).doesNotContain("OutOfMemoryError");
    }

    /** The slow ones hold what the server has for bodies; the logs hold most of its heap. */
    static Stream<Attack> floodsBesideAHog() {
        return attacks()
                .filter(attack -> attack.name().equals("slow bodies of an operator")
                        || attack.name().startsWith("logs of a notebook"));
    }

    @ParameterizedTest
    @MethodSource("floodsBesideAHog")
    @Order(2)
    void theWatchdogEndsAHogAsEarlyAsWithoutAFlood(Attack attack) throws Exception {
        long quiet = peakOfAHog(() -> () -> {});

        long flooded = peakOfAHog(() -> Flood.of(port, CONNECTIONS, attack.kind()));

        assertThat(flooded / (double) quiet).as(flooded + " of " + quiet).isLessThan(PEAK_RATIO);
        assertThat(serve.errSoFar()).doesNotContain("OutOfMemoryError");
    }

    private interface Beginning {
        Closeable begin() throws IOException;
    }

    /** Runs a notebook that fills memory beside a flood until the watchdog ends it; returns the most that it held. */
    private static long peakOfAHog(Beginning flood) throws Exception {
        Files.deleteIfExists(folder.resolve("go"));
        Files.deleteIfExists(folder.resolve("ready"));
        String hog = started("hog.ipynb");
        await().atMost(Duration.ofMinutes(2)).until(() -> Files.exists(folder.resolve("ready")));
        try (Closeable begun = flood.begin()) {
            assertThat(begun).isNotNull();
            itAnswers();
            Files.createFile(folder.resolve("go"));
            await().atMost(Duration.ofMinutes(2))
                    .until(
                            () -> ask("GET", "/stats"),
                            stats -> stats.status() == 200 && !stats.body().contains("hog.ipynb"));
        }
        String record = await().atMost(Duration.ofMinutes(1))
                .until(() -> ask("GET", hog).body(), body -> body.contains("\"reason\":\"WATCHDOG_MEMORY\""));
        Matcher peak = PEAK.matcher(record);
        assertThat(peak.find()).as(record).isTrue();
        return Long.parseLong(peak.group(1));
    }

    @Test
    @Order(3)
    void underAllOfThemAtOnceANotebookIsStopped() throws Exception {
        List<Flood> floods = new ArrayList<>();
        try {
            for (Attack attack : attacks().toList()) {
                floods.add(Flood.of(port, CONNECTIONS, attack.kind()));
            }
            itAnswers();
            Answer stopped = ask("DELETE", "/notebooks/stop/slow.ipynb");
            assertThat(stopped.status()).as(stopped.body()).isEqualTo(200);
        } finally {
            for (Flood flood : floods) {
                flood.close();
            }
        }
        // The attack makes a few records, and the operator's own are still to be found.
        await().atMost(Duration.ofMinutes(2)).untilAsserted(() -> assertThat(
                        ask("GET", "/api/v1/audit?limit=1000").body())
                .as("a record a minute")
                .contains("slow.ipynb", "requests.refused"));
        String audit = ask("GET", "/api/v1/audit?limit=1000").body();
        assertThat(audit.split("\"actor\":\"nobody\"", -1)).hasSizeLessThan(30);
    }
}

package io.nbguard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code serve} and the commands that talk to it, each in a process of its own, with real papermill. */
@Tag("slow")
@Timeout(300)
class ServeTest {

    private static final Pattern LINK = Pattern.compile("(http://127\\.0\\.0\\.1:(\\d+))/(\\S*)");

    @TempDir
    Path folder;

    private Map<String, String> environment = Map.of();

    @BeforeEach
    void notebooks() throws IOException {
        Path notebooks = Files.createDirectories(folder.resolve("notebooks"));
        TestNotebook.write(notebooks.resolve("quick.ipynb"), "year = 2025", "print('the year is', year)");
        TestNotebook.write(notebooks.resolve("slow.ipynb"), "seconds = 600", "import time\ntime.sleep(seconds)");
        TestNotebook.write(notebooks.resolve("wrong.ipynb"), "x = 1", "{}['amount']");
        environment = Map.of("XDG_CONFIG_HOME", folder.resolve("config").toString());
    }

    private NbguardProcess serve(String port, String... more) throws IOException {
        String[] usual = {"serve", "notebooks", "--outputs", "out", "--port", port, "--grace", "1s"};
        NbguardProcess serve = NbguardProcess.start(
                folder,
                environment,
                Stream.concat(Stream.of(usual), Stream.of(more)).toArray(String[]::new));
        await().atMost(Duration.ofMinutes(2))
                .until(() -> !serve.isAlive() || LINK.matcher(serve.outSoFar()).find());
        return serve;
    }

    private static Matcher link(NbguardProcess serve) {
        Matcher link = LINK.matcher(serve.outSoFar());
        assertThat(link.find()).as(serve.outSoFar()).isTrue();
        return link;
    }

    private NbguardProcess.Ended nbguard(String... arguments) throws Exception {
        try (NbguardProcess process = NbguardProcess.start(folder, environment, arguments)) {
            return process.ended();
        }
    }

    private Path tokenFile() {
        return folder.resolve("config/nbguard/token");
    }

    private int post(Matcher link, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(link.group(1) + path))
                .header(
                        "Authorization",
                        "Bearer " + Files.readString(tokenFile()).strip())
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    @Test
    void aPersonAtATerminalCanDoWhatThePageDoesAndARestartForgetsNothing() throws Exception {
        String port;
        String token;
        try (NbguardProcess serve = serve("0")) {
            Matcher link = link(serve);
            port = link.group(2);
            Path file = tokenFile();
            token = Files.readString(file).strip();
            assertThat(token).hasSize(43);
            // What may be a log has no token in it.
            assertThat(link.group(3)).isEmpty();
            assertThat(serve.outSoFar()).doesNotContain(token).contains(file.toString());
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                    .isEqualTo("rwx------");

            assertThat(nbguard("ps").out()).contains("Nothing runs");
            assertThat(nbguard(
                            "schedule", "add", "quick.ipynb", "--every", "1h", "--id", "hourly", "-p", "year", "2031"))
                    .satisfies(ended ->
                            assertThat(ended.exitCode()).as(ended.err()).isZero());
            assertThat(nbguard("schedule", "list").out()).contains("hourly", "quick.ipynb", "PT1H");
            assertThat(nbguard("schedule", "next", "hourly").out().lines()).hasSize(5);

            assertThat(post(link, "/api/v1/schedules/hourly/run")).isEqualTo(201);
            assertThat(post(link, "/notebooks/run/slow.ipynb")).isEqualTo(201);
            await().atMost(Duration.ofMinutes(3))
                    .untilAsserted(() ->
                            assertThat(nbguard("logs", "quick.ipynb").out()).contains("the year is 2031"));
            await().atMost(Duration.ofMinutes(3))
                    .untilAsserted(() -> assertThat(nbguard("ps").out()).containsPattern("slow.ipynb +running"));
            assertThat(nbguard("schedule", "add", "wrong.ipynb", "--every", "1h", "--id", "wrong")
                            .exitCode())
                    .isZero();
            assertThat(post(link, "/api/v1/schedules/wrong/run")).isEqualTo(201);
            await().atMost(Duration.ofMinutes(3))
                    .untilAsserted(() -> assertThat(nbguard("schedule", "list").out())
                            .containsPattern("wrong +wrong.ipynb.* failed .*KeyError: 'amount'"));
            assertThat(nbguard("stop", "slow.ipynb").out()).contains("slow.ipynb", "has ended");
            assertThat(nbguard("history").out())
                    .containsPattern("slow.ipynb +stopped")
                    .contains("quick.ipynb");

            NbguardProcess.Ended second = nbguard("serve", "notebooks", "--port", port);
            assertThat(second.exitCode()).isEqualTo(1);
            assertThat(second.err()).contains("port " + port, "--port");

            serve.signal("TERM");
            assertThat(serve.ended().exitCode()).as(serve.ended().err()).isEqualTo(143);
            assertThat(serve.ended().err()).doesNotContain(token, "Exception");
        }
        assertThat(folder.resolve("config/nbguard/serve.json")).doesNotExist();
        NbguardProcess.Ended alone = nbguard("history");
        assertThat(alone.exitCode()).isEqualTo(1);
        assertThat(alone.err()).contains("no nbguard serve", "nbguard serve");

        try (NbguardProcess again = serve(port, "--show-link")) {
            assertThat(link(again).group(2)).isEqualTo(port);
            assertThat(link(again).group(3)).isEqualTo("#token=" + token);
            assertThat(Files.readString(tokenFile()).strip()).isEqualTo(token);
            assertThat(nbguard("history", "--json").out()).contains("slow.ipynb", "USER_STOP", "COMPLETED");
            assertThat(nbguard("schedule", "list").out()).contains("hourly");
            assertThat(nbguard("schedule", "remove", "hourly").exitCode()).isZero();
            assertThat(nbguard("schedule", "pause", "hourly").err()).contains("hourly");
        }
    }
}

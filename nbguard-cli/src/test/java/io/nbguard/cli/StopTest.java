package io.nbguard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code stop} of several executions, interrupted, with real papermill: what was asked for is what is done. */
@Tag("slow")
@Timeout(300)
class StopTest {

    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final Pattern LINK = Pattern.compile("http://127\\.0\\.0\\.1:\\d+/");

    @TempDir
    Path folder;

    @Test
    void controlCLeavesAllOfThemWithTheGracefulStopThatTheyWereAskedFor() throws Exception {
        Path notebooks = Files.createDirectories(folder.resolve("notebooks"));
        for (String name : NAMES) {
            TestNotebook.write(notebooks.resolve(name + ".ipynb"), "folder = '" + folder + "'", """
                    import os, time
                    def mark(what):
                        open(f'{folder}/%s-{what}', 'w').close()
                    try:
                        mark('runs')
                        time.sleep(600)
                    except KeyboardInterrupt:
                        mark('interrupted')
                        while not os.path.exists(f'{folder}/go'):
                            time.sleep(0.05)
                        mark('saved')
                        raise""".formatted(name));
        }
        Map<String, String> environment =
                Map.of("XDG_CONFIG_HOME", folder.resolve("config").toString());
        try (NbguardProcess serve = NbguardProcess.start(
                folder, environment, "serve", "notebooks", "--outputs", "out", "--port", "0", "--grace", "2m")) {
            await().atMost(Duration.ofMinutes(2))
                    .until(() ->
                            !serve.isAlive() || LINK.matcher(serve.outSoFar()).find());
            Matcher link = LINK.matcher(serve.outSoFar());
            assertThat(link.find()).as(serve.outSoFar()).isTrue();
            for (String name : NAMES) {
                assertThat(run(link.group(), name)).isEqualTo(201);
            }
            NAMES.forEach(name -> await().atMost(Duration.ofMinutes(2)).until(() -> marked(name, "runs")));

            try (NbguardProcess stop =
                    NbguardProcess.start(folder, environment, "stop", "--graceful", "a.ipynb", "b.ipynb", "c.ipynb")) {
                await().atMost(Duration.ofMinutes(2)).until(() -> marked("a", "interrupted"));
                stop.signal("INT");

                NbguardProcess.Ended ended = stop.ended();
                assertThat(ended.exitCode()).as(ended.err()).isEqualTo(130);
                assertThat(ended.err())
                        .contains("no longer waiting", "all 3 executions", "graceful")
                        .doesNotContain("Exception");
            }
            // Each of them ends by itself, when it has saved what it has.
            NAMES.forEach(name -> await().atMost(Duration.ofMinutes(2)).until(() -> marked(name, "interrupted")));
            Files.createFile(folder.resolve("go"));
            NAMES.forEach(name -> await().atMost(Duration.ofMinutes(2)).until(() -> marked(name, "saved")));
        }
    }

    private int run(String url, String name) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "notebooks/run/" + name + ".ipynb"))
                .header(
                        "Authorization",
                        "Bearer "
                                + Files.readString(folder.resolve("config/nbguard/token"))
                                        .strip())
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private boolean marked(String name, String what) {
        return Files.exists(folder.resolve(name + "-" + what));
    }
}

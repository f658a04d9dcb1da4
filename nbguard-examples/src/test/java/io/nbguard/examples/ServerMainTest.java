package io.nbguard.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.nbguard.examples.guard.Notebook;
import io.nbguard.server.json.JsonValues;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program that mounts a server, run as its readers would run it: on the class path, and as modules. */
@Tag("slow")
@Timeout(300)
class ServerMainTest {

    private static final Pattern ADDRESS = Pattern.compile("the page is at (http://127\\.0\\.0\\.1:\\d+),");
    private static final Pattern SCRIPT = Pattern.compile("src=\"(/page/[^\"]+/js/main\\.js)\"");

    @TempDir
    Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void itServesThePageAndTheInterfaceUntilItsInputEnds(boolean asModules) throws Exception {
        Path notebooks = Files.createDirectory(folder.resolve("notebooks"));
        Notebook.of("assert year == 2026").write(notebooks.resolve("report.ipynb"));
        Path tokenFile = folder.resolve("private/token");
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        Process program = new ProcessBuilder(command(asModules, notebooks.toString(), tokenFile.toString(), "0"))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> !program.isAlive()
                            || ADDRESS.matcher(Files.readString(out)).find());
            Matcher address = ADDRESS.matcher(Files.readString(out));
            assertThat(address.find()).as(Files.readString(err)).isTrue();
            URI host = URI.create(address.group(1));
            String token = Files.readString(tokenFile).strip();

            Matcher script = SCRIPT.matcher(get(host, "/", ""));
            assertThat(script.find()).isTrue();
            assertThat(get(host, script.group(1), "")).contains("import ");
            assertThat(get(host, "/webjars/uplot/1.6.32/dist/uPlot.esm.js", "")).contains("uPlot");
            assertThat(get(host, "/api/v1/openapi.json", "")).contains("\"openapi\"");
            assertThat(object(get(host, "/api/v1/session", token))).containsEntry("role", "operator");
            assertThat(ran(host, token)).isEqualTo("COMPLETED");

            program.getOutputStream().close();
            assertThat(program.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(program.exitValue()).as(Files.readString(err)).isZero();
            assertThat(Files.readString(out)).doesNotContain(token);
        } finally {
            // Asked first, so that a test that fails leaves no notebook behind.
            program.destroy();
            if (!program.waitFor(30, TimeUnit.SECONDS)) {
                program.destroyForcibly();
            }
        }
    }

    @Test
    void theReadmeShowsItsLines() throws IOException {
        String readme = Files.readString(Path.of("..", "README.md"));
        int start =
                readme.indexOf("```java", readme.indexOf("### The page and the HTTP interface")) + "```java".length();
        String shown = readme.substring(start, readme.indexOf("…", start));
        String program = Files.readString(
                Path.of("src/main/java").resolve(ServerMain.class.getName().replace('.', '/') + ".java"));

        assertThat(shown).contains("GuardServer.builder()");
        assertThat(program.replaceAll("\\s", "")).contains(shown.replaceAll("\\s", ""));
    }

    private static List<String> command(boolean asModules, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC"));
        command.addAll(
                asModules
                        ? List.of(
                                "--enable-native-access=com.sun.jna",
                                "-p",
                                ModulePath.ofAll(),
                                "-m",
                                "io.nbguard.examples/" + ServerMain.class.getName())
                        : List.of(
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                ServerMain.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Runs the notebook by the interface; returns the state in which it ended. */
    private Object ran(URI host, String token) throws IOException, InterruptedException {
        HttpResponse<String> started = client.send(
                HttpRequest.newBuilder(host.resolve("/api/v1/executions"))
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "{\"notebook\":\"report.ipynb\",\"parameters\":{\"year\":2026}}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(started.statusCode()).as(started.body()).isEqualTo(201);
        String execution = "/api/v1/executions/" + object(started.body()).get("id");
        await().atMost(Duration.ofMinutes(3))
                .until(() -> object(get(host, execution, token)).get("endedAt") != null);
        return object(get(host, execution, token)).get("state");
    }

    private String get(URI host, String path, String token) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(host.resolve(path));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        HttpResponse<String> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isEqualTo(200);
        return answer.body();
    }

    private static Map<String, Object> object(String text) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(text)) {
            parser.nextToken();
            return JsonValues.object(parser);
        }
    }
}

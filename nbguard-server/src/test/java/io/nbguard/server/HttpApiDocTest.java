package io.nbguard.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Makes the transcripts of docs/http-api.md from real requests, and fails where the file says something else. To write it
 * anew: {@code -Dnbguard.docs.write=true}.
 */
@Timeout(120)
class HttpApiDocTest {

    private static final Path DOC = Path.of("..", "docs", "http-api.md");
    private static final String BEGIN = "<!-- transcripts: made by HttpApiDocTest -->";
    private static final String REQUEST = "{\"notebook\":\"reports/daily.ipynb\",\"parameters\":{\"year\":2026},"
            + "\"memory\":\"2g\",\"timeoutSeconds\":3600,\"owner\":\"ann\"}";
    private static final String SCHEDULE = "{\"id\":\"nightly\",\"trigger\":\"cron\",\"expression\":\"0 2 * * *\","
            + "\"zone\":\"Europe/Berlin\",\"request\":{\"notebook\":\"reports/daily.ipynb\"}}";

    @TempDir
    Path folder;

    @Test
    void theTranscriptsOfTheDocumentationAreWhatTheHostAnswers() throws IOException {
        String written = Files.readString(DOC);
        int begin = written.indexOf(BEGIN);
        assertThat(begin).as("%s has the line %s", DOC, BEGIN).isPositive();
        String made = written.substring(0, begin) + BEGIN + "\n" + transcripts();
        if (Boolean.getBoolean("nbguard.docs.write")) {
            Files.writeString(DOC, made);
        }

        assertThat(Files.readString(DOC)).isEqualTo(made);
    }

    private String transcripts() throws IOException {
        try (ServeWorld world = ServeWorld.open(folder)) {
            world.write(
                    "reports/daily.ipynb",
                    "year = 2025  # which year\\nregions = ['north', 'south']".replace("\\n", "\n"));
            Transcript doc = new Transcript(world);
            doc.heading("The four plain endpoints");
            String id = doc.call("POST", "/notebooks/run/reports%2Fdaily.ipynb", "{\"parameters\":{\"year\":2026}}");
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> world.guard.snapshot().executions().stream()
                    .anyMatch(one -> one.progress().cellsTotal().isPresent()));
            doc.call("GET", "/stats");
            doc.call("DELETE", "/notebooks/stop/reports%2Fdaily.ipynb");
            doc.call("POST", "/scheduler/add", SCHEDULE);

            doc.heading("Session");
            doc.call("GET", "/healthz");
            doc.call("POST", "/api/v1/login", "{\"token\":\"" + ServeWorld.OPERATOR + "\"}");
            doc.call("GET", "/api/v1/session");
            doc.call("POST", "/api/v1/logout");

            doc.heading("Notebooks");
            doc.call("GET", "/api/v1/notebooks");
            doc.call("GET", "/api/v1/notebooks/reports%2Fdaily.ipynb/parameters");

            doc.heading("Executions");
            id = doc.call("POST", "/api/v1/executions", REQUEST);
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> world.executor.launches.get() == 2);
            world.executor.completeAll();
            String ended = id;
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> world.ask(
                            "GET", "/api/v1/executions/" + ended)
                    .body()
                    .contains("COMPLETED"));
            doc.call("GET", "/api/v1/executions?status=completed&limit=1");
            doc.call("GET", "/api/v1/executions/" + id);
            doc.call("GET", "/api/v1/executions/" + id + "/log?lines=20");
            doc.shortened("GET", "/api/v1/executions/" + id + "/usage?points=2");
            doc.head("GET", "/api/v1/executions/" + id + "/notebook");
            doc.head("GET", "/api/v1/executions/" + id + "/view");
            doc.call("DELETE", "/api/v1/executions/" + id + "?mode=graceful&wait=true");

            doc.heading("Schedules");
            doc.call("POST", "/api/v1/schedules/preview?count=0", SCHEDULE);
            doc.call("POST", "/api/v1/schedules/preview?count=2", SCHEDULE);
            doc.call("POST", "/api/v1/schedules", SCHEDULE.replace("nightly", "nightly-2"));
            doc.call("GET", "/api/v1/schedules/nightly");
            doc.call("POST", "/api/v1/schedules/nightly/pause");
            doc.call("POST", "/api/v1/schedules/nightly/resume");
            doc.call("POST", "/api/v1/schedules/nightly/run");
            doc.call("DELETE", "/api/v1/schedules/nightly-2");
            doc.shortened("GET", "/api/v1/schedules");

            doc.heading("Node and history");
            doc.node("GET", "/api/v1/node");
            doc.shortened("GET", "/api/v1/node/usage?points=2");
            // Events and audit are written behind the answer.
            assertThat(world.guard.history().flush(Duration.ofSeconds(30))).isTrue();
            doc.shortened("GET", "/api/v1/events?type=ScheduleChanged&limit=1");
            doc.shortened("GET", "/api/v1/audit?limit=1");
            doc.shape("GET", "/api/v1/history");

            doc.heading("Refusals");
            for (String path : List.of("/notebooks/run/..%2F..%2Fetc%2Fpasswd", "/notebooks/run/none.ipynb")) {
                doc.call("POST", path);
            }
            doc.call("POST", "/api/v1/executions", "{\"notebook\":\"reports/daily.ipynb\",\"memroy\":\"2g\"}");
            return doc.text();
        }
    }
}

package io.nbguard.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nbguard.api.execution.Execution;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Hostile requests: none causes an error of ours, none starts anything, each is refused with a reason. */
@Timeout(300)
class HostileRequestsTest {

    @TempDir
    static Path folder;

    private static ServeWorld world;

    @BeforeAll
    static void open() throws IOException {
        world = ServeWorld.open(folder);
        world.write("ok.ipynb", "x = 1");
        world.write("sub/ok.ipynb", "x = 1");
        Path outside = Files.createDirectories(folder.resolve("outside"));
        Files.copy(world.notebooks.resolve("ok.ipynb"), outside.resolve("secret.ipynb"));
        Files.createSymbolicLink(world.notebooks.resolve("link.ipynb"), outside.resolve("secret.ipynb"));
        Files.createSymbolicLink(world.notebooks.resolve("linked"), outside);
        Files.createDirectories(world.notebooks.resolve("folder.ipynb"));
        Files.writeString(world.notebooks.resolve("text.txt"), "no notebook");
    }

    @AfterAll
    static void close() {
        world.close();
    }

    static Stream<HostileRequest> hostile() {
        return HostileRequest.all();
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void isRefusedWithAReasonAndStartsNothing(HostileRequest hostile) throws IOException {
        RawHttp.Answer answer = RawHttp.ask(world.port(), hostile.bytes());

        assertThat(answer.status()).as("%s", answer).isIn(hostile.expected());
        assertThat(answer.error()).as("%s", answer).isNotBlank().doesNotContain("\tat ", "Exception");
        assertThat(answer.headers().get("content-type")).startsWith("application/json");
        assertThat(answer.headers()).containsEntry("x-content-type-options", "nosniff");
        assertThat(answer.body()).doesNotContain(ServeWorld.OPERATOR, ServeWorld.VIEWER);
        assertThat(world.executor.launches).hasValue(0);
        assertThat(world.guard.executions()).isEmpty();
        assertThat(world.guard.schedules().list()).isEmpty();
    }

    @Test
    void thereAreManyOfThem() {
        assertThat(HostileRequest.all()).hasSizeGreaterThan(100);
    }

    @Test
    void whatIsRefusedIsInTheAuditLogWithoutItsToken() throws IOException {
        RawHttp.ask(
                world.port(),
                ServeWorld.request("POST", "/notebooks/run/ok.ipynb").replace(ServeWorld.OPERATOR, ServeWorld.VIEWER));

        // It is written behind the answer.
        assertThat(world.guard.history().flush(Duration.ofSeconds(30))).isTrue();
        assertThat(world.ask("GET", "/api/v1/audit?limit=1").items())
                .singleElement()
                .satisfies(entry -> assertThat(entry)
                        .containsEntry("action", "execution.start")
                        .hasEntrySatisfying(
                                "outcome", why -> assertThat((String) why).startsWith("FORBIDDEN")));
        assertThat(world.ask("GET", "/api/v1/audit?limit=1000").body())
                .doesNotContain(ServeWorld.OPERATOR, ServeWorld.VIEWER);
    }

    @Test
    void slowBodiesDelayNoOtherRequest() throws IOException {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                Socket socket = new Socket("127.0.0.1", world.port());
                slow.add(socket);
                socket.getOutputStream()
                        .write(ServeWorld.request("POST", "/api/v1/executions", "{\"notebook\":\"ok.ipynb\"}")
                                .replace("{\"notebook\":\"ok.ipynb\"}", "{")
                                .getBytes(StandardCharsets.UTF_8));
            }
            assertThat(world.ask("GET", "/stats").status()).isEqualTo(200);
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
        assertThat(world.guard.executions()).isEmpty();
    }

    @Test
    void aFloodOfHeadersLeavesTheHostAlive() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(16);
        try {
            String flood = "GET /stats HTTP/1.1\r\nHost: localhost\r\n"
                    + ("X-Flood: " + "y".repeat(1_000) + "\r\n").repeat(200) + "\r\n";
            List<Future<RawHttp.Answer>> answers = clients.invokeAll(IntStream.range(0, 200)
                    .<Callable<RawHttp.Answer>>mapToObj(i -> () -> RawHttp.ask(world.port(), flood))
                    .toList());
            for (Future<RawHttp.Answer> answer : answers) {
                assertThat(answer.get().status()).isIn(0, 431);
            }
        } finally {
            clients.shutdownNow();
        }
        assertThat(world.ask("GET", "/stats").status()).isEqualTo(200);
    }

    @Test
    void startsAndStopsOfOneNotebookAtTheSameTimeLeaveNothingBehind(@TempDir Path own) throws Exception {
        try (ServeWorld busy = ServeWorld.open(own)) {
            busy.write("ok.ipynb", "x = 1");
            ExecutorService clients = Executors.newFixedThreadPool(8);
            try {
                List<Future<RawHttp.Answer>> answers = clients.invokeAll(IntStream.range(0, 120)
                        .<Callable<RawHttp.Answer>>mapToObj(i -> () -> i % 2 == 0
                                ? busy.ask("POST", "/notebooks/run/ok.ipynb")
                                : busy.ask("DELETE", "/notebooks/stop/ok.ipynb"))
                        .toList());
                for (Future<RawHttp.Answer> answer : answers) {
                    assertThat(answer.get().status()).as("%s", answer.get()).isIn(200, 201, 404);
                }
            } finally {
                clients.shutdownNow();
            }
            busy.ask("DELETE", "/notebooks/stop/ok.ipynb");

            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(busy.guard.executions())
                    .hasSize(60)
                    .allMatch(execution -> execution.state().isEnd()));
            assertThat(busy.guard.executions()).extracting(Execution::id).doesNotHaveDuplicates();
        }
    }

    @Test
    void whoAsksTooOftenIsToldWhenToComeBack(@TempDir Path own) throws IOException {
        try (ServeWorld strict = ServeWorld.open(own, new ServerSettings.Limits(2, 1, 0.1, 1_000))) {
            List<RawHttp.Answer> answers = new ArrayList<>();
            for (int i = 0; i < 15; i++) {
                answers.add(strict.ask("GET", "/stats"));
            }
            assertThat(answers.get(14).status()).isEqualTo(429);
            assertThat(Integer.parseInt(answers.get(14).headers().get("retry-after")))
                    .isPositive();
            assertThat(answers.get(14).error()).contains("try again");
        }
    }

    @Test
    void whoGuessesTokensIsHeldUp(@TempDir Path own) throws IOException {
        try (ServeWorld guessed = ServeWorld.open(own)) {
            List<Integer> statuses = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                statuses.add(guessed.ask("POST", "/api/v1/login", "{\"token\":\"guess-number-" + i + "-0000\"}")
                        .status());
            }
            assertThat(statuses).startsWith(401).endsWith(429).containsOnly(401, 429);
        }
    }
}

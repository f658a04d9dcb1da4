package io.nbguard.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.history.AuditRecord;
import io.nbguard.api.history.HistoryQuery;
import io.nbguard.server.access.Role;
import io.nbguard.server.access.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the host takes from those whom it does not know, and how it forgets those whom it knew. */
@Timeout(120)
class UnauthenticatedRequestsTest {

    @TempDir
    Path folder;

    private static String withoutToken(String request) {
        return request.replaceFirst("Authorization: [^\r]*\r\n", "");
    }

    @Test
    void aFloodWithoutATokenMakesOneAuditRecordAndHidesNothing() throws IOException {
        try (ServeWorld world = ServeWorld.open(folder)) {
            world.write("ok.ipynb", "x = 1");
            String start = withoutToken(ServeWorld.request("POST", "/notebooks/run/ok.ipynb"));
            for (int i = 0; i < 300; i++) {
                assertThat(RawHttp.ask(world.port(), start).status()).isIn(401, 429);
            }
            assertThat(world.ask("POST", "/notebooks/run/ok.ipynb").status()).isEqualTo(201);

            world.server.close();

            assertThat(world.guard.history().flush(Duration.ofSeconds(30))).isTrue();
            assertThat(world.guard.history().audit(HistoryQuery.latest(1_000)).items())
                    .extracting(AuditRecord::action)
                    .containsExactlyInAnyOrder("execution.start", "requests.refused");
            assertThat(world.guard.history().audit(HistoryQuery.latest(1_000)).items())
                    .filteredOn(entry -> entry.action().equals("requests.refused"))
                    .singleElement()
                    .satisfies(entry -> {
                        assertThat(entry.actor()).isEqualTo("nobody");
                        assertThat(entry.origin()).isEqualTo("127.0.0.1");
                        assertThat(entry.target()).isEqualTo("1 address");
                        assertThat(entry.outcome()).contains(" TOO_MANY_FAILURES", " UNAUTHORIZED");
                    });
        }
    }

    @Test
    void unauthenticatedCallersAreRefusedBeforeTheirBodyIsRead() throws IOException {
        try (ServeWorld world = ServeWorld.open(folder)) {
            String announced = withoutToken(ServeWorld.request("POST", "/api/v1/executions", "{}"))
                    .replaceFirst("Content-Length: \\d+", "Content-Length: 1000000");

            assertThat(RawHttp.ask(world.port(), announced).status()).isEqualTo(401);
        }
    }

    @Test
    void toLogInTakesFourKibibytesAtMost() throws IOException {
        try (ServeWorld world = ServeWorld.open(folder)) {
            String login = withoutToken(
                    ServeWorld.request("POST", "/api/v1/login", "{\"token\":\"" + "x".repeat(4_096) + "\"}"));

            assertThat(RawHttp.ask(world.port(), login).status()).isEqualTo(413);
        }
    }

    @Test
    void anAddressSaysWhichMethodsItKnows() throws IOException {
        try (ServeWorld world = ServeWorld.open(folder)) {
            assertThat(world.ask("PUT", "/api/v1/schedules/none").headers().get("allow"))
                    .isEqualTo("DELETE, GET");
            assertThat(world.ask("DELETE", "/stats").headers()).containsEntry("allow", "GET");
        }
    }

    @Test
    void aBodyWithTooManyValuesIsRefused() throws IOException {
        try (ServeWorld world = ServeWorld.open(folder)) {
            world.write("ok.ipynb", "x = 1");

            RawHttp.Answer answer = world.ask(
                    "POST",
                    "/api/v1/executions",
                    "{\"notebook\":\"ok.ipynb\",\"parameters\":{\"x\":[" + "[],".repeat(100_000) + "[]]}}");

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.error()).contains("50000");
        }
    }

    @Test
    void loggingOutEndsTheLoginForEveryHolderOfItsCookie() throws IOException {
        try (ServeWorld world = ServeWorld.open(folder)) {
            String cookie = "Cookie: nbguard=" + cookie(world) + "\r\n";
            String session = withoutToken(ServeWorld.request("GET", "/api/v1/session"))
                    .replace("Connection", cookie + "Connection");
            assertThat(RawHttp.ask(world.port(), session).status()).isEqualTo(200);

            String logout = withoutToken(ServeWorld.request("POST", "/api/v1/logout"))
                    .replace("Connection", cookie + "X-Nbguard: page\r\nConnection");
            assertThat(RawHttp.ask(world.port(), logout).status()).isEqualTo(204);

            assertThat(RawHttp.ask(world.port(), session).status()).isEqualTo(401);
        }
    }

    private static String cookie(ServeWorld world) throws IOException {
        RawHttp.Answer login = RawHttp.ask(
                world.port(),
                withoutToken(ServeWorld.request("POST", "/api/v1/login", "{\"token\":\"" + ServeWorld.VIEWER + "\"}")));
        String set = String.valueOf(login.headers().get("set-cookie"));
        return set.substring(set.indexOf('=') + 1, set.indexOf(';'));
    }

    @Test
    void loginsOutlastTheHostInAPrivateFileThatOpensNothingByItself() throws IOException {
        Path file = folder.resolve("logins");
        Tokens first = new Tokens("the-operators-token", Optional.of("the-viewers-token"), Optional.of(file));
        Tokens second = new Tokens("the-operators-token", Optional.of("the-viewers-token"), Optional.of(file));
        Tokens other = new Tokens("another-operators-token", Optional.empty(), Optional.of(file));

        String operator = first.logIn(Role.OPERATOR);
        String viewer = second.logIn(Role.VIEWER);

        assertThat(first.roleOfCookie(viewer)).contains(Role.VIEWER);
        assertThat(second.roleOfCookie(operator)).contains(Role.OPERATOR);
        assertThat(other.roleOfCookie(operator)).isEmpty();
        assertThat(Files.readString(file)).doesNotContain(operator, viewer, "token");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");

        first.logOut(operator);

        assertThat(second.roleOfCookie(operator)).isEmpty();
        assertThat(second.roleOfCookie(viewer)).contains(Role.VIEWER);
    }
}

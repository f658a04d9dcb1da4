package io.nbguard.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.core.NotebookGuard;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server as a host mounts it. */
@Timeout(120)
class GuardServerTest {

    private static final String TOKEN = "a-token-of-this-test-0123456789";
    private static final String FORMER_NAME = "container";

    @TempDir
    Path folder;

    private NotebookGuard guard;

    @BeforeEach
    void openGuard() throws IOException {
        guard = NotebookGuard.builder()
                .notebooks(Files.createDirectories(folder.resolve("notebooks")))
                .storage(s -> s.runtimeDirectory(folder.resolve("run")))
                .executor(new StandIn())
                .build();
    }

    @AfterEach
    void closeGuard() {
        guard.close();
    }

    @Test
    void withoutATokenEachStartMakesOneOfItsOwnAndItsLinkHasIt() throws IOException {
        try (GuardServer one = GuardServer.builder().port(0).start(guard);
                GuardServer other = GuardServer.builder().port(0).start(guard)) {
            assertThat(one.address()).isEqualTo(URI.create("http://127.0.0.1:" + one.port()));
            assertThat(one.link().toString()).startsWith(one.address() + "/#token=");
            assertThat(one.viewerLink()).isEmpty();

            assertThat(session(one, token(one.link())).json()).containsEntry("role", "operator");
            assertThat(session(other, token(one.link())).status()).isEqualTo(401);
            assertThat(session(other, token(other.link())).json()).containsEntry("role", "operator");
        }
    }

    @Test
    void theVersionIsTheOneThatWasBuilt() throws IOException {
        try (GuardServer server =
                GuardServer.builder().port(0).operatorToken(TOKEN).start(guard)) {
            assertThat(session(server, TOKEN).json().get("version").toString()).matches("\\d+\\.\\d+\\.\\d+.*");
        }
    }

    @Test
    void aViewerMayLookAndNothingElse() throws IOException {
        try (GuardServer server = GuardServer.builder()
                .port(0)
                .operatorToken(TOKEN)
                .viewerToken("another-" + TOKEN)
                .start(guard)) {
            String viewer = token(server.viewerLink().orElseThrow());

            assertThat(session(server, viewer).json()).containsEntry("role", "viewer");
            assertThat(ask(server, "POST", "/notebooks/run/a.ipynb", viewer).status())
                    .isEqualTo(403);
        }
    }

    @Test
    void scriptsThatKnowTheNodeByItsFormerNameFindItThere() throws IOException {
        try (GuardServer server =
                GuardServer.builder().port(0).operatorToken(TOKEN).start(guard)) {
            Map<String, Object> now = ask(server, "GET", "/api/v1/node", TOKEN).json();
            Map<String, Object> former =
                    ask(server, "GET", "/api/v1/" + FORMER_NAME, TOKEN).json();

            assertThat(now).doesNotContainKey(FORMER_NAME);
            assertThat(former).doesNotContainKey("node").hasSameSizeAs(now);
            assertThat(fields(former.get(FORMER_NAME)))
                    .isEqualTo(fields(now.get("node")))
                    .contains("memoryRawBytes");
        }
    }

    private static List<String> fields(@Nullable Object value) {
        assertThat(value).isInstanceOf(Map.class);
        return value instanceof Map<?, ?> object
                ? object.keySet().stream().map(String::valueOf).toList()
                : List.of();
    }

    /** The page decodes what stands behind the mark. */
    @Test
    void whatAnAddressCannotHoldIsEncodedInTheLink() {
        String odd = "0123456789%41#\"<>/?";
        try (GuardServer server =
                GuardServer.builder().port(0).operatorToken(odd).start(guard)) {
            assertThat(server.link().getRawFragment()).doesNotContain("#", "\"", "%41");
            assertThat(server.link().getFragment()).isEqualTo("token=" + odd);
        }
    }

    @Test
    void aTokenFileIsMadeForItsOwnerAndLoginsOutlastTheServer() throws IOException {
        Path file = folder.resolve("private/token");
        String cookie;
        try (GuardServer server = GuardServer.builder().port(0).tokenFile(file).start(guard)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            assertThat(token(server.link())).isEqualTo(Files.readString(file).strip());
            cookie = logIn(server);
            assertThat(byCookie(server, cookie).status()).isEqualTo(200);
        }
        try (GuardServer server = GuardServer.builder().port(0).tokenFile(file).start(guard)) {
            assertThat(byCookie(server, cookie).status()).isEqualTo(200);
        }
    }

    /** Those of another token's file are not taken over. */
    @Test
    void withoutATokenFileLoginsEndWithTheServer() throws IOException {
        Path file = folder.resolve("private/token");
        GuardServerBuilder builder =
                GuardServer.builder().port(0).tokenFile(file).operatorToken(TOKEN);
        String cookie;
        try (GuardServer server = builder.start(guard)) {
            cookie = logIn(server);
            assertThat(byCookie(server, cookie).status()).isEqualTo(200);
        }
        try (GuardServer server = builder.start(guard)) {
            assertThat(byCookie(server, cookie).status()).isEqualTo(401);
        }
    }

    @Test
    void requestsAreForTheNamesThatWereAllowed() throws IOException {
        try (GuardServer server = GuardServer.builder()
                .port(0)
                .operatorToken(TOKEN)
                .allowHost("nb.example")
                .start(guard)) {
            String request = request("GET", "/stats", TOKEN);
            String other = request.replace("Host: localhost", "Host: other.example");

            assertThat(RawHttp.ask(server.port(), request.replace("Host: localhost", "Host: nb.example"))
                            .status())
                    .isEqualTo(200);
            assertThat(RawHttp.ask(server.port(), other).error()).contains("'other.example'", "allowHost");
        }
    }

    @Test
    void onAllAddressesItIsFoundAtTheOneOfThisMachine() throws IOException {
        try (GuardServer server = GuardServer.builder()
                .host("0.0.0.0")
                .port(0)
                .operatorToken(TOKEN)
                .start(guard)) {
            assertThat(server.address()).hasHost("127.0.0.1").hasPort(server.port());
            assertThat(session(server, TOKEN).status()).isEqualTo(200);
        }
    }

    @Test
    void closingItLeavesTheGuardAndNoThread() throws IOException {
        Set<Thread> before = threads();
        GuardServer server = GuardServer.builder().port(0).operatorToken(TOKEN).start(guard);
        int port = server.port();
        assertThat(session(server, TOKEN).status()).isEqualTo(200);
        Set<Thread> its = threads();
        its.removeAll(before);
        assertThat(its).isNotEmpty();

        server.close();

        assertThatThrownBy(() -> new Socket("127.0.0.1", port).close()).isInstanceOf(ConnectException.class);
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(its).noneMatch(Thread::isAlive));
        try (GuardServer another =
                GuardServer.builder().port(0).operatorToken(TOKEN).start(guard)) {
            assertThat(session(another, TOKEN).status()).isEqualTo(200);
        }
    }

    @Test
    void aPortThatIsTakenIsNamedWithWhatToDo() {
        try (GuardServer server = GuardServer.builder().port(0).start(guard)) {
            GuardException refused = catchThrowableOfType(
                    GuardException.class,
                    () -> GuardServer.builder().port(server.port()).start(guard));

            assertThat(refused.code()).isEqualTo(ErrorCode.ENVIRONMENT);
            assertThat(refused)
                    .hasMessageContainingAll("port " + server.port() + " of 127.0.0.1", "Choose another port");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 65_536, 70_000})
    void aPortThatThereIsNotIsRefused(int port) {
        refused(() -> GuardServer.builder().port(port), "port " + port, "0 to 65535");
    }

    @Test
    void aNameOrTokenThatCannotBeOneIsRefusedAtOnce() {
        GuardServerBuilder builder = GuardServer.builder();

        refused(() -> builder.host(" "), "the host is blank", "an address or a name");
        refused(() -> builder.allowHost(""), "the allowed host is blank");
        refused(() -> builder.operatorToken("short"), "operators'", "16 to 512", "5 characters");
        refused(() -> builder.viewerToken("ü".repeat(20)), "viewers'", "visible ASCII");
    }

    @Test
    void bothTokensTheSameAreRefusedInWhateverOrderTheyCome() {
        for (ThrowingCallable same : List.<ThrowingCallable>of(
                () -> GuardServer.builder().operatorToken(TOKEN).viewerToken(TOKEN),
                () -> GuardServer.builder().viewerToken(TOKEN).operatorToken(TOKEN),
                () -> GuardServer.builder().tokenFile(folder.resolve("t")).viewerTokenFile(folder.resolve("t")))) {
            GuardException refused = catchThrowableOfType(GuardException.class, same);

            assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
            assertThat(refused).hasMessageContaining("the viewers' token is the operators'");
        }
    }

    private static void refused(ThrowingCallable call, String... words) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContainingAll(words);
    }

    /** Returns all threads but those that the guard and libraries make when they have something to do. */
    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread ->
                        !Set.of("nbguard", "JNA Cleaner", "process reaper").contains(thread.getName()))
                .collect(Collectors.toSet());
    }

    private static String token(URI link) {
        return link.getFragment().substring("token=".length());
    }

    private static String request(String method, String path, String token) {
        return ServeWorld.request(method, path).replace(ServeWorld.OPERATOR, token);
    }

    private static RawHttp.Answer ask(GuardServer server, String method, String path, String token) throws IOException {
        return RawHttp.ask(server.port(), request(method, path, token));
    }

    private static RawHttp.Answer session(GuardServer server, String token) throws IOException {
        return ask(server, "GET", "/api/v1/session", token);
    }

    private static String logIn(GuardServer server) throws IOException {
        String body = "{\"token\":\"" + token(server.link()) + "\"}";
        RawHttp.Answer answer = RawHttp.ask(server.port(), ServeWorld.request("POST", "/api/v1/login", body));
        assertThat(answer.status()).isEqualTo(204);
        return answer.headers().get("set-cookie").replaceFirst(";.*", "");
    }

    private static RawHttp.Answer byCookie(GuardServer server, String cookie) throws IOException {
        return RawHttp.ask(
                server.port(),
                ServeWorld.request("GET", "/api/v1/session")
                        .replaceFirst("Authorization: [^\r]*", "Cookie: " + cookie));
    }
}

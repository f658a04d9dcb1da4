package io.nbguard.server.api;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.snapshot.LoopHealth;
import io.nbguard.core.NotebookGuard;
import io.nbguard.server.access.Role;
import io.nbguard.server.access.Tokens;
import io.nbguard.server.http.Exchange;
import io.nbguard.server.http.Gate;
import io.nbguard.server.http.JsonFields;
import io.nbguard.server.http.RequestHead;
import io.nbguard.server.json.JsonWriting;
import io.nbguard.server.shape.ExecutorsShape;
import io.nbguard.spi.executor.EngineHealth;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** The present caller, logging in and out, and facts about this host. */
public final class SessionApi {

    private final NotebookGuard guard;
    private final Gate gate;
    private final String version;
    private final Instant startedAt;

    /**
     * Makes the resource.
     *
     * @param version nbguard's
     */
    public SessionApi(NotebookGuard guard, Gate gate, String version, Instant startedAt) {
        this.guard = guard;
        this.gate = gate;
        this.version = version;
        this.startedAt = startedAt;
    }

    /**
     * Says whether the host is up, and its watchdog with it: 503 while the sampling loop stands still, or while the engine of the
     * only executor does not answer.
     */
    public void health(Exchange exchange) {
        LoopHealth loop = guard.snapshot().loop();
        Map<String, EngineHealth> engines = guard.engines();
        Optional<String> obstacle = loop.stalled()
                ? Optional.of("the sampling loop stands still: its last tick was "
                        + loop.sinceLastTick().toMillis() + " ms ago, and the watchdog of this process does not act")
                : ExecutorsShape.obstacle(guard, engines);
        exchange.json(obstacle.isPresent() ? 503 : 200, json -> {
            json.writeStringField("status", loop.stalled() ? "stalled" : obstacle.isPresent() ? "unreachable" : "ok");
            if (obstacle.isPresent()) {
                json.writeObjectFieldStart("error");
                json.writeStringField("code", ErrorCode.ENVIRONMENT.name());
                json.writeStringField("message", obstacle.get());
                json.writeEndObject();
            }
            // What was found may name addresses, and this needs no token.
            ExecutorsShape.write(json, guard.description().executors(), engines, false);
        });
    }

    /** Answers with the caller's role. */
    public void show(Exchange exchange) {
        String role = exchange.caller().map(caller -> caller.role().text()).orElse("nobody");
        exchange.json(200, json -> {
            json.writeStringField("role", role);
            json.writeStringField("version", version);
            JsonWriting.time(json, "startedAt", startedAt);
        });
    }

    /** Takes a token and gives a cookie, which scripts cannot read. */
    public void login(Exchange exchange) {
        exchange.about("session");
        JsonFields body = exchange.body();
        String token = body.requiredText("token");
        body.nothingElse();
        Role role = gate.login(token.strip(), exchange.address());
        exchange.about(role.text());
        cookie(exchange, gate.cookieFor(role), Tokens.loginLasts());
        exchange.empty(204);
    }

    /** Ends the login, here and wherever else its cookie may be, and takes the cookie away. */
    public void logout(Exchange exchange) {
        exchange.about("session");
        exchange.cookie(RequestHead.COOKIE).ifPresent(gate::logOut);
        cookie(exchange, "", Duration.ZERO);
        exchange.empty(204);
    }

    private static void cookie(Exchange exchange, String value, Duration lasts) {
        exchange.header(
                "Set-Cookie",
                RequestHead.COOKIE + "=" + value + "; Path=/; Max-Age=" + lasts.toSeconds()
                        + "; HttpOnly; SameSite=Strict" + (exchange.isSecure() ? "; Secure" : ""));
    }

    /** Describes all there is. */
    public void description(Exchange exchange) throws IOException {
        try (InputStream in = SessionApi.class.getResourceAsStream("openapi.json")) {
            if (in == null) {
                throw new IllegalStateException("openapi.json is missing from nbguard's jar");
            }
            exchange.json(200, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}

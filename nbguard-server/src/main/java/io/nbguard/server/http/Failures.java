package io.nbguard.server.http;

import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.nbguard.api.GuardException;
import io.nbguard.server.json.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.eclipse.jetty.http.HttpException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns whatever was thrown into an answer that says why, and never shows what it looks like inside. */
public final class Failures {

    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    /** Returns the refusal for what was thrown. */
    public static Refusal refusal(Throwable thrown) {
        if (thrown instanceof Refusal refusal) {
            return refusal;
        }
        if (thrown instanceof GuardException known) {
            return of(known);
        }
        if (thrown instanceof HttpResponseException known) {
            return of(known);
        }
        if (thrown instanceof HttpException known) {
            return Refusal.of(known.getCode(), "HTTP_" + known.getCode(), String.valueOf(known.getReason()));
        }
        if (thrown instanceof IllegalArgumentException) {
            return Refusal.badRequest(String.valueOf(thrown.getMessage()));
        }
        LOG.error("a request could not be answered", thrown);
        return Refusal.of(500, "INTERNAL", "a defect of nbguard: its log has more");
    }

    private static Refusal of(GuardException known) {
        String message = String.valueOf(known.getMessage());
        return switch (known.code()) {
            case INVALID_REQUEST -> Refusal.badRequest(message);
            case NOT_FOUND -> Refusal.notFound(message);
            case ILLEGAL_STATE -> Refusal.conflict(message);
            case OVERLOADED -> Refusal.later(429, "OVERLOADED", message, Duration.ofSeconds(5));
            case UNSUPPORTED -> Refusal.of(409, "UNSUPPORTED", message);
            case ENVIRONMENT, PLUGIN -> Refusal.later(503, known.code().name(), message, Duration.ofSeconds(5));
            case INTERNAL -> {
                LOG.error("a request could not be answered", known);
                yield Refusal.of(500, "INTERNAL", "a defect of nbguard: its log has more");
            }
        };
    }

    private static Refusal of(HttpResponseException known) {
        int status = known.getStatus();
        return switch (status) {
            case 404 ->
                Refusal.notFound("there is nothing at this address: GET /api/v1/openapi.json lists the addresses");
            case 405 -> Refusal.methodNotAllowed(allowed(known));
            default -> Refusal.of(status, "HTTP_" + status, String.valueOf(known.getMessage()));
        };
    }

    private static String allowed(HttpResponseException known) {
        return String.join(
                ", ",
                new TreeSet<>(List.of(known.getDetails()
                        .getOrDefault("availableMethods", "GET")
                        .split(", *"))));
    }

    /** Returns the body of an answer that refuses. */
    public static String json(Refusal refusal) {
        return JsonText.object(json -> {
            json.writeObjectFieldStart("error");
            json.writeStringField("code", refusal.code().toUpperCase(Locale.ROOT));
            json.writeStringField("message", refusal.reason());
            json.writeEndObject();
        });
    }

    /** Answers a request with what was thrown. */
    public static void answer(Context context, Throwable thrown) {
        if (context.res().isCommitted()) {
            LOG.debug("an answer broke off", thrown);
            return;
        }
        Refusal refusal = refusal(thrown);
        byte[] body = json(refusal).getBytes(StandardCharsets.UTF_8);
        refusal.headers().forEach((name, value) -> context.res().setHeader(name, value));
        context.status(refusal.status());
        context.contentType("application/json");
        if (context.req().getHeader("Sec-WebSocket-Key") == null) {
            context.result(body);
            return;
        }
        // Nothing writes the result of a request that was to become a WebSocket.
        try {
            context.res().setStatus(refusal.status());
            context.res().setContentType("application/json");
            context.res().getOutputStream().write(body);
        } catch (IOException e) {
            LOG.debug("the client has gone before it got this refusal", e);
        }
    }
}

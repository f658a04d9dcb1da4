package io.nbguard.server.http;

import java.time.Duration;
import java.util.Map;

/** Why a request is not answered as asked: a status, a code for programs and a sentence for people. */
public final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final transient Map<String, String> headers;

    private Refusal(int status, String code, String message, Map<String, String> headers) {
        // Made in numbers by hostile clients: no stack trace.
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.headers = headers;
    }

    /** Returns one with a status and a code of its own. */
    public static Refusal of(int status, String code, String message) {
        return new Refusal(status, code, message, Map.of());
    }

    /** Returns 400: something in the request cannot be meant. */
    public static Refusal badRequest(String message) {
        return of(400, "BAD_REQUEST", message);
    }

    /** Returns 404: there is no such thing. */
    public static Refusal notFound(String message) {
        return of(404, "NOT_FOUND", message);
    }

    /** Returns 405: the address knows other methods, which {@code allowed} lists. */
    public static Refusal methodNotAllowed(String allowed) {
        return new Refusal(
                405,
                "METHOD_NOT_ALLOWED",
                "this address does not know that method: it knows " + allowed,
                Map.of("Allow", allowed));
    }

    /** Returns 409: not now. */
    public static Refusal conflict(String message) {
        return of(409, "CONFLICT", message);
    }

    /** Returns 401: the caller is not authenticated. */
    public static Refusal unauthorized(String message) {
        return new Refusal(401, "UNAUTHORIZED", message, Map.of("WWW-Authenticate", "Bearer realm=\"nbguard\""));
    }

    /** Returns 403: known, and not allowed to. */
    public static Refusal forbidden(String code, String message) {
        return of(403, code, message);
    }

    /** Returns 413: too much. */
    public static Refusal tooLarge(String message) {
        return of(413, "TOO_LARGE", message);
    }

    /** Returns 429 or 503 with the time after which to try again, at least a second. */
    public static Refusal later(int status, String code, String message, Duration after) {
        return new Refusal(
                status,
                code,
                message,
                Map.of(
                        "Retry-After",
                        Long.toString(Math.max(1, after.plusMillis(999).toSeconds()))));
    }

    /** Returns the HTTP status. */
    public int status() {
        return status;
    }

    /** Returns the code, such as {@code NOT_FOUND}. */
    public String code() {
        return code;
    }

    /** Returns further headers of the answer. */
    public Map<String, String> headers() {
        return headers;
    }

    /** Returns the sentence. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}

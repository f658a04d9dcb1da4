package io.nbguard.server.http;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;

/** What a client has sent, which {@link Intake} has read. */
final class RequestBody {

    private RequestBody() {}

    /**
     * Returns the whole body; empty if there is none.
     *
     * @throws Refusal (415) if it is compressed
     */
    static byte[] of(HttpServletRequest request) {
        if (!(request.getAttribute(Intake.BODY) instanceof byte[] body)) {
            return new byte[0];
        }
        String encoding = request.getHeader("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw Refusal.of(
                    415, "UNSUPPORTED_ENCODING", "the body is sent as '" + encoding + "': expected it as it is");
        }
        return body;
    }

    /** Checks that the body is announced as JSON in UTF-8: a form of another site cannot be sent as that. */
    static void mustBeJson(HttpServletRequest request) {
        String given = request.getContentType();
        String[] parts =
                given == null ? new String[0] : given.toLowerCase(Locale.ROOT).split(";");
        if (parts.length == 0 || !parts[0].strip().equals("application/json")) {
            throw Refusal.of(
                    415,
                    "UNSUPPORTED_MEDIA_TYPE",
                    "the body's Content-Type is " + (given == null ? "missing" : "'" + given + "'")
                            + ": expected application/json");
        }
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip();
            if (parameter.startsWith("charset=")
                    && !parameter.substring(8).replace("\"", "").equals("utf-8")) {
                throw Refusal.of(
                        415, "UNSUPPORTED_MEDIA_TYPE", "the body's charset is '" + parameter + "': expected UTF-8");
            }
        }
    }
}

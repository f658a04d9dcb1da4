package io.nbguard.examples.serve.http;

import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeoutException;

/** Reads what a client sends, as long as that is neither too much nor too slow. */
final class RequestBody {

    private static final Duration LONGEST = Duration.ofSeconds(20);

    private RequestBody() {}

    /**
     * Returns the whole body.
     *
     * @throws Refusal (413) if it is more than {@code most} bytes, (408) if it does not come within 20 seconds, (415) if it
     *     is compressed
     */
    static byte[] read(HttpServletRequest request, int most) {
        try {
            return bytes(request, most);
        } catch (IOException e) {
            if (e.getCause() instanceof TimeoutException || e instanceof InterruptedIOException) {
                throw tooSlow();
            }
            throw Refusal.badRequest("the body did not come as it was announced");
        }
    }

    private static byte[] bytes(HttpServletRequest request, int most) throws IOException {
        refuseIfTooLarge(request, most);
        String encoding = request.getHeader("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw Refusal.of(
                    415, "UNSUPPORTED_ENCODING", "the body is sent as '" + encoding + "': expected it as it is");
        }
        long deadline = System.nanoTime() + LONGEST.toNanos();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] part = new byte[8_192];
        InputStream in = request.getInputStream();
        for (int read = in.read(part); read >= 0; read = in.read(part)) {
            body.write(part, 0, read);
            if (body.size() > most) {
                throw tooLarge(most);
            }
            if (System.nanoTime() > deadline) {
                throw tooSlow();
            }
        }
        return body.toByteArray();
    }

    static void refuseIfTooLarge(HttpServletRequest request, int most) {
        if (request.getContentLengthLong() > most) {
            throw tooLarge(most);
        }
    }

    private static Refusal tooSlow() {
        return Refusal.of(408, "TOO_SLOW", "the body did not come within " + LONGEST.toSeconds() + " seconds");
    }

    private static Refusal tooLarge(int most) {
        return Refusal.tooLarge("the body is larger than " + most + " bytes");
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

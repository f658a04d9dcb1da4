package io.nbguard.examples.serve;

import io.nbguard.examples.serve.http.Exchange;
import io.nbguard.examples.serve.http.Refusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The page and its libraries, from the class path: only what has a known kind, and only below two folders of it. */
final class PageFiles {

    private static final String PAGE = "page/";
    private static final String LIBRARIES = "META-INF/resources/webjars/";
    private static final Pattern PLAIN =
            Pattern.compile("[A-Za-z0-9@_-][A-Za-z0-9@._-]*(/[A-Za-z0-9@_-][A-Za-z0-9@._-]*)*");
    private static final Map<String, String> KINDS = Map.ofEntries(
            Map.entry("html", "text/html; charset=utf-8"),
            Map.entry("css", "text/css; charset=utf-8"),
            Map.entry("js", "text/javascript; charset=utf-8"),
            Map.entry("mjs", "text/javascript; charset=utf-8"),
            Map.entry("json", "application/json"),
            Map.entry("webmanifest", "application/manifest+json"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("png", "image/png"),
            Map.entry("ico", "image/x-icon"),
            Map.entry("woff2", "font/woff2"),
            Map.entry("txt", "text/plain; charset=utf-8"));

    private PageFiles() {}

    static void index(Exchange exchange) throws IOException {
        send(
                exchange,
                "index.html",
                PageFiles.class.getResourceAsStream("/io/nbguard/examples/" + PAGE + "index.html"),
                0);
    }

    static void page(Exchange exchange) throws IOException {
        String path = checked(exchange.path("path"));
        send(exchange, path, PageFiles.class.getResourceAsStream("/io/nbguard/examples/" + PAGE + path), 0);
    }

    static void library(Exchange exchange) throws IOException {
        String path = checked(exchange.path("path"));
        ClassLoader loader = PageFiles.class.getClassLoader();
        InputStream in = loader == null ? null : loader.getResourceAsStream(LIBRARIES + path);
        // Their addresses have versions in them.
        send(exchange, path, in, 86_400);
    }

    private static String checked(String path) {
        if (!PLAIN.matcher(path).matches() || path.contains("..")) {
            throw Refusal.notFound("the page has no file of that name");
        }
        return path;
    }

    private static void send(Exchange exchange, String path, @Nullable InputStream in, int seconds) throws IOException {
        String kind = KINDS.get(path.substring(path.lastIndexOf('.') + 1));
        if (in == null || kind == null) {
            throw Refusal.notFound("the page has no file '" + path + "'");
        }
        byte[] bytes;
        try (in) {
            bytes = in.readAllBytes();
        }
        String tag = tag(bytes);
        exchange.header("ETag", tag);
        exchange.header("Cache-Control", seconds == 0 ? "no-cache" : "max-age=" + seconds);
        if (exchange.requestHeader("If-None-Match").equals(Optional.of(tag))) {
            exchange.empty(304);
            return;
        }
        exchange.stream(kind, new ByteArrayInputStream(bytes));
    }

    private static String tag(byte[] bytes) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            return "\""
                    + Base64.getUrlEncoder()
                            .withoutPadding()
                            .encodeToString(hash)
                            .substring(0, 22) + "\"";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}

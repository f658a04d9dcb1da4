package io.nbguard.server;

import io.nbguard.server.http.Exchange;
import io.nbguard.server.http.Refusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The page and its libraries, from the class path: only what has a known kind, and only below two folders of it.
 *
 * <p>The page's own files have a second address with a version in it, by which the index names them, and from there they
 * name each other: that one never changes what it means, and is kept by browsers without asking again.
 */
final class PageFiles {

    private static final String PAGE = "page/";
    private static final String LIBRARIES = "META-INF/resources/webjars/";
    /** What can be asked for does not change while this JVM runs. */
    private static final String VERSION = "v-" + UUID.randomUUID();

    private static final String NEVER_AGAIN = "max-age=31536000, immutable";
    private static final String ASK_AGAIN = "no-cache";
    private static final Pattern ANY_VERSION = Pattern.compile("^v-[0-9a-f-]{36}/");
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
        String index = new String(bytes("index.html", own("index.html")), StandardCharsets.UTF_8)
                .replace("\"/" + PAGE, "\"/" + PAGE + VERSION + "/");
        send(exchange, "index.html", index.getBytes(StandardCharsets.UTF_8), ASK_AGAIN);
    }

    static void page(Exchange exchange) throws IOException {
        String path = checked(exchange.path("path"));
        // Another host of the same site may have sent the index: its version is not kept.
        boolean ours = path.startsWith(VERSION + "/");
        String file = ANY_VERSION.matcher(path).replaceFirst("");
        send(exchange, file, bytes(file, own(file)), ours ? NEVER_AGAIN : ASK_AGAIN);
    }

    private static @Nullable InputStream own(String path) {
        return PageFiles.class.getResourceAsStream("/io/nbguard/server/" + PAGE + path);
    }

    static void library(Exchange exchange) throws IOException {
        String path = checked(exchange.path("path"));
        ClassLoader loader = PageFiles.class.getClassLoader();
        InputStream in = loader == null ? null : loader.getResourceAsStream(LIBRARIES + path);
        // Their addresses have versions in them.
        send(exchange, path, bytes(path, in), NEVER_AGAIN);
    }

    private static String checked(String path) {
        if (!PLAIN.matcher(path).matches() || path.contains("..")) {
            throw Refusal.notFound("the page has no file of that name");
        }
        return path;
    }

    private static byte[] bytes(String path, @Nullable InputStream in) throws IOException {
        try (in) {
            if (in == null || !KINDS.containsKey(ending(path))) {
                throw Refusal.notFound("the page has no file '" + path + "'");
            }
            return in.readAllBytes();
        }
    }

    private static String ending(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    private static void send(Exchange exchange, String path, byte[] bytes, String caching) {
        String tag = tag(bytes);
        exchange.header("ETag", tag);
        exchange.header("Cache-Control", caching);
        exchange.header("Vary", "Accept-Encoding");
        if (exchange.requestHeader("If-None-Match").equals(Optional.of(tag))) {
            exchange.empty(304);
            return;
        }
        exchange.stream(KINDS.getOrDefault(ending(path), "application/octet-stream"), new ByteArrayInputStream(bytes));
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

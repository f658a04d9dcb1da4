package io.nbguard.server.http;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * What a request's head says about its caller, as the server sees it before its routes and as they see it.
 *
 * @param path as it was sent, not decoded
 * @param cookie the value of our cookie
 * @param page the header that only our own page sends
 * @param address where it comes from
 */
public record RequestHead(
        String method,
        String path,
        @Nullable String host,
        @Nullable String authorization,
        @Nullable String cookie,
        @Nullable String origin,
        @Nullable String page,
        String address) {

    /** The cookie that a login sets. */
    public static final String COOKIE = "nbguard";

    private static final String PAGE_HEADER = "X-Nbguard";

    /** Returns that of a request that has reached its route. */
    public static RequestHead of(HttpServletRequest request) {
        String found = null;
        Cookie[] cookies = request.getCookies();
        if (cookies != null) {
            for (Cookie cookie : cookies) {
                found = found == null && cookie.getName().equals(COOKIE) ? cookie.getValue() : found;
            }
        }
        return new RequestHead(
                request.getMethod(),
                String.valueOf(request.getRequestURI()),
                request.getHeader("Host"),
                request.getHeader("Authorization"),
                found,
                request.getHeader("Origin"),
                request.getHeader(PAGE_HEADER),
                String.valueOf(request.getRemoteAddr()));
    }

    /** Returns whether it is one that is to be answered whatever others ask: health, figures, stopping. */
    boolean isUrgent() {
        return isHealth()
                || path.equals("/stats")
                || (method.equals("DELETE")
                        && (path.startsWith("/notebooks/stop/") || path.startsWith("/api/v1/executions/")));
    }

    /** Returns whether it is for the host's health, which is public. */
    boolean isHealth() {
        return path.equals("/healthz");
    }

    /** Returns whether it is for one of the streams, which have a limit of their own. */
    boolean isStream() {
        return path.equals("/api/v1/stream") || path.equals("/api/v1/ws");
    }

    static RequestHead of(Request request) {
        String found = null;
        for (HttpCookie cookie : Request.getCookies(request)) {
            found = found == null && cookie.getName().equals(COOKIE) ? cookie.getValue() : found;
        }
        HttpFields headers = request.getHeaders();
        return new RequestHead(
                request.getMethod(),
                String.valueOf(request.getHttpURI().getPath()),
                headers.get("Host"),
                headers.get("Authorization"),
                found,
                headers.get("Origin"),
                headers.get(PAGE_HEADER),
                String.valueOf(Request.getRemoteAddr(request)));
    }
}

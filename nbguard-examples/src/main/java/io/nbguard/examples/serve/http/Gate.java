package io.nbguard.examples.serve.http;

import io.nbguard.examples.serve.access.AllowedHosts;
import io.nbguard.examples.serve.access.Caller;
import io.nbguard.examples.serve.access.RateLimiter;
import io.nbguard.examples.serve.access.Role;
import io.nbguard.examples.serve.access.Tokens;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What every request goes through before anything is done: is the host's name ours, who asks, may they, do they ask too
 * often, and do they ask themselves or has another site made their browser ask. For any thread.
 */
public final class Gate {

    /** The cookie that a login sets. */
    public static final String COOKIE = "nbguard";

    private static final String BEARER = "bearer ";
    private static final String PAGE_HEADER = "X-Nbguard";

    private final Tokens tokens;
    private final AllowedHosts hosts;
    private final RateLimiter looks;
    private final RateLimiter changes;
    private final RateLimiter failures;

    /**
     * Makes it.
     *
     * @param looks how often a caller may look
     * @param changes how often a caller may ask for a change
     * @param failures how often an address may come without a valid token
     */
    public Gate(Tokens tokens, AllowedHosts hosts, RateLimiter looks, RateLimiter changes, RateLimiter failures) {
        this.tokens = tokens;
        this.hosts = hosts;
        this.looks = looks;
        this.changes = changes;
        this.failures = failures;
    }

    /**
     * Returns who asks; null on a public route.
     *
     * @throws Refusal if they may not
     */
    public @Nullable Caller admit(HttpServletRequest request, Access access) {
        if (!hosts.allows(request.getHeader("Host"))) {
            throw Refusal.forbidden(
                    "HOST_NOT_ALLOWED",
                    "the request is for the host '" + request.getHeader("Host") + "': expected " + hosts.describe()
                            + " (serve --allow-host adds a name)");
        }
        Optional<Role> needed = access.role();
        if (needed.isEmpty()) {
            return null;
        }
        Caller caller = identify(request);
        boolean safe = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
        (safe ? looks : changes).take(caller.role() + " " + caller.address()).ifPresent(wait -> {
            throw Refusal.later(429, "TOO_MANY_REQUESTS", "too many requests: try again in a moment", wait);
        });
        if (!caller.role().covers(needed.get())) {
            throw Refusal.forbidden(
                    "FORBIDDEN",
                    "a " + caller.role().text() + " may not do that: it takes the "
                            + needed.get().text() + "s' token");
        }
        if (caller.byCookie() && !safe) {
            mustComeFromOurPage(request);
        }
        return caller;
    }

    /**
     * Returns whose token this is.
     *
     * @throws Refusal (401, 429) if nobody's
     */
    public Role login(String token, String address) {
        return tokens.roleOf(token).orElseThrow(() -> failed(address, "the token is not valid"));
    }

    /** Returns the value of the cookie for a role. */
    public String cookieOf(Role role) {
        return tokens.cookieOf(role);
    }

    /** Checks that a WebSocket, which browsers let any site open, was opened by our own page, or by no browser. */
    public void mustBeOurOrigin(HttpServletRequest request) {
        String origin = request.getHeader("Origin");
        if (origin != null && !isOurs(origin, request)) {
            throw Refusal.forbidden("FOREIGN_ORIGIN", "the request comes from a page of " + origin + ", not from ours");
        }
    }

    private Caller identify(HttpServletRequest request) {
        String address = String.valueOf(request.getRemoteAddr());
        String authorization = request.getHeader("Authorization");
        String cookie = cookie(request);
        if (authorization == null && cookie == null) {
            throw Refusal.unauthorized("a token is needed: send 'Authorization: Bearer TOKEN', or log in on the page"
                    + " with the link that serve has printed");
        }
        if (authorization != null) {
            if (!authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
                throw failed(address, "the header Authorization is of another kind: expected 'Bearer TOKEN'");
            }
            Role role = tokens.roleOf(authorization.substring(BEARER.length()).strip())
                    .orElseThrow(() -> failed(address, "the token is not valid"));
            return new Caller(role, address, false);
        }
        Role role = tokens.roleOfCookie(String.valueOf(cookie))
                .orElseThrow(() -> failed(address, "the login is not valid any more: log in again"));
        return new Caller(role, address, true);
    }

    private Refusal failed(String address, String why) {
        return failures.take(address)
                .map(wait -> Refusal.later(
                        429,
                        "TOO_MANY_FAILURES",
                        "too many requests without a valid token: try again in a moment",
                        wait))
                .orElseGet(() -> Refusal.unauthorized(why));
    }

    private static @Nullable String cookie(HttpServletRequest request) {
        Cookie[] cookies = request.getCookies();
        if (cookies != null) {
            for (Cookie cookie : cookies) {
                if (cookie.getName().equals(COOKIE)) {
                    return cookie.getValue();
                }
            }
        }
        return null;
    }

    private void mustComeFromOurPage(HttpServletRequest request) {
        if (!"page".equals(request.getHeader(PAGE_HEADER))) {
            throw Refusal.forbidden(
                    "NOT_FROM_THE_PAGE",
                    "a change by cookie needs the header 'X-Nbguard: page', which no other site can send");
        }
        mustBeOurOrigin(request);
    }

    private static boolean isOurs(String origin, HttpServletRequest request) {
        String host = request.getHeader("Host");
        return host != null && (origin.equals("http://" + host) || origin.equals("https://" + host));
    }
}

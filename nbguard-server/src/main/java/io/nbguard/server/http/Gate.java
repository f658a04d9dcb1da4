package io.nbguard.server.http;

import io.nbguard.server.access.AllowedHosts;
import io.nbguard.server.access.Caller;
import io.nbguard.server.access.RateLimiter;
import io.nbguard.server.access.Role;
import io.nbguard.server.access.Tokens;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What every request goes through before anything is done: is the host's name ours, who is the caller, what may they do, do
 * they ask too often, and is the request their own or another site's that used their browser. For any thread.
 */
public final class Gate {

    private static final String BEARER = "bearer ";

    private final Tokens tokens;
    private final AllowedHosts hosts;
    private final RateLimiter looks;
    private final RateLimiter changes;
    private final RateLimiter failures;
    private final RateLimiter withoutToken;

    /**
     * Makes it.
     *
     * @param looks how often a caller may look
     * @param changes how often a caller may ask for a change
     * @param failures how often an address may come with what is no valid token
     * @param withoutToken how often an address may come without any
     */
    public Gate(
            Tokens tokens,
            AllowedHosts hosts,
            RateLimiter looks,
            RateLimiter changes,
            RateLimiter failures,
            RateLimiter withoutToken) {
        this.tokens = tokens;
        this.hosts = hosts;
        this.looks = looks;
        this.changes = changes;
        this.failures = failures;
        this.withoutToken = withoutToken;
    }

    /**
     * Returns the authenticated caller; null on a public route.
     *
     * @throws Refusal if they may not
     */
    public @Nullable Caller admit(RequestHead head, Access access) {
        mustBeOurHost(head);
        Optional<Role> needed = access.role();
        if (needed.isEmpty()) {
            return null;
        }
        Caller caller = identify(head);
        mayUse(head, caller, needed.get());
        return caller;
    }

    /**
     * Checks that a known caller may do something, and does not do it too often.
     *
     * @throws Refusal (403, 429) if not
     */
    void mayUse(RequestHead head, Caller caller, Role needed) {
        boolean safe = head.method().equals("GET") || head.method().equals("HEAD");
        // A flood of other requests is no reason not to stop something.
        String kind = head.isUrgent() ? " urgent " : " ";
        (safe ? looks : changes).take(caller.role() + kind + caller.address()).ifPresent(wait -> {
            throw Refusal.later(429, "TOO_MANY_REQUESTS", "too many requests: try again in a moment", wait);
        });
        if (!caller.role().covers(needed)) {
            throw Refusal.forbidden(
                    "FORBIDDEN",
                    "a " + caller.role().text() + " may not do that: it takes the " + needed.text() + "s' token");
        }
        if (caller.byCookie() && !safe) {
            mustComeFromOurPage(head);
        }
    }

    /**
     * Checks which host the request is for.
     *
     * @throws Refusal (403) if it is not one of ours
     */
    public void mustBeOurHost(RequestHead head) {
        if (!hosts.allows(head.host())) {
            throw Refusal.forbidden(
                    "HOST_NOT_ALLOWED",
                    "the request is for the host '" + head.host() + "': expected " + hosts.describe()
                            + " (--allow-host, in a program allowHost, adds a name)");
        }
    }

    /**
     * Returns the role of this token.
     *
     * @throws Refusal (401, 429) if it is not valid
     */
    public Role login(String token, String address) {
        return tokens.roleOf(token).orElseThrow(() -> failed(address, "the token is not valid"));
    }

    /** Begins a login; returns the cookie for it. */
    public String cookieFor(Role role) {
        return tokens.logIn(role);
    }

    /** Ends the login of a request's cookie. */
    public void logOut(String cookie) {
        tokens.logOut(cookie);
    }

    /** Checks that a WebSocket, which browsers let any site open, was opened by our own page, or by no browser. */
    public void mustBeOurOrigin(RequestHead head) {
        String origin = head.origin();
        if (origin != null && !isOurs(origin, head.host())) {
            throw Refusal.forbidden("FOREIGN_ORIGIN", "the request comes from a page of " + origin + ", not from ours");
        }
    }

    /**
     * Returns the authenticated caller.
     *
     * @throws Refusal (401, 429) if the caller is not authenticated
     */
    public Caller identify(RequestHead head) {
        String address = head.address();
        String authorization = head.authorization();
        if (authorization == null && head.cookie() == null) {
            throw refused(
                    withoutToken,
                    address,
                    "a token is needed: send 'Authorization: Bearer TOKEN', or log in on the page"
                            + " with the link that serve has printed");
        }
        return known(head)
                .orElseThrow(() -> failed(
                        address,
                        authorization == null
                                ? "the login is not valid any more: log in again"
                                : isBearer(authorization)
                                        ? "the token is not valid"
                                        : "the header Authorization is of another kind: expected 'Bearer TOKEN'"));
    }

    /** Returns the caller, if authenticated; a header goes before a cookie. */
    Optional<Caller> known(RequestHead head) {
        String authorization = head.authorization();
        String cookie = head.cookie();
        if (authorization != null) {
            return isBearer(authorization)
                    ? tokens.roleOf(authorization.substring(BEARER.length()).strip())
                            .map(role -> new Caller(role, head.address(), false))
                    : Optional.empty();
        }
        return cookie == null
                ? Optional.empty()
                : tokens.roleOfCookie(cookie).map(role -> new Caller(role, head.address(), true));
    }

    private static boolean isBearer(String authorization) {
        return authorization.toLowerCase(Locale.ROOT).startsWith(BEARER);
    }

    private Refusal failed(String address, String why) {
        return refused(failures, address, why);
    }

    private static Refusal refused(RateLimiter limit, String address, String why) {
        return limit.take(address)
                .map(wait -> Refusal.later(
                        429,
                        "TOO_MANY_FAILURES",
                        "too many requests without a valid token: try again in a moment",
                        wait))
                .orElseGet(() -> Refusal.unauthorized(why));
    }

    private void mustComeFromOurPage(RequestHead head) {
        if (!"page".equals(head.page())) {
            throw Refusal.forbidden(
                    "NOT_FROM_THE_PAGE",
                    "a change by cookie needs the header 'X-Nbguard: page', which no other site can send");
        }
        mustBeOurOrigin(head);
    }

    private static boolean isOurs(String origin, @Nullable String host) {
        return host != null && (origin.equals("http://" + host) || origin.equals("https://" + host));
    }
}

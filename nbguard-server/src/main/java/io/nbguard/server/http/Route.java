package io.nbguard.server.http;

import java.util.Optional;

/**
 * One thing that can be asked for.
 *
 * @param method the HTTP method, such as {@code GET}
 * @param path the path, with {@code {name}} for one part of it and {@code <name>} for several
 * @param access the callers that may use it
 * @param audit what it is called in the audit log; empty if it changes nothing
 * @param action what is done
 */
public record Route(String method, String path, Access access, Optional<String> audit, Exchange.Action action) {

    /** Returns a route that only looks. */
    public static Route get(String path, Access access, Exchange.Action action) {
        return new Route("GET", path, access, Optional.empty(), action);
    }

    /** Returns a route that asks for a change, or for something as weighty, and is audited. */
    public static Route post(String path, Access access, String audit, Exchange.Action action) {
        return new Route("POST", path, access, Optional.of(audit), action);
    }

    /** Returns a route that only looks, but is sent a body. */
    public static Route query(String path, Access access, Exchange.Action action) {
        return new Route("POST", path, access, Optional.empty(), action);
    }

    /** Returns a route that removes or ends something, and is audited. */
    public static Route delete(String path, Access access, String audit, Exchange.Action action) {
        return new Route("DELETE", path, access, Optional.of(audit), action);
    }
}

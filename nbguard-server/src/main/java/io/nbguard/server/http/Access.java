package io.nbguard.server.http;

import io.nbguard.server.access.Role;
import java.util.Optional;

/** The callers that may use a route. */
public enum Access {
    /** Every caller, with or without a token. */
    PUBLIC,
    /** Callers with a token. */
    VIEWER,
    /** Operators. */
    OPERATOR;

    /** Returns the role that is needed, if one is. */
    public Optional<Role> role() {
        return switch (this) {
            case PUBLIC -> Optional.empty();
            case VIEWER -> Optional.of(Role.VIEWER);
            case OPERATOR -> Optional.of(Role.OPERATOR);
        };
    }
}

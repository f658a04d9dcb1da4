package io.nbguard.cli;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import org.jspecify.annotations.Nullable;

/** What to throw when options are right one by one and wrong together or out of range, or what they name is. */
final class Usage {

    private Usage() {}

    static GuardException wrong(String message) {
        return wrong(message, null);
    }

    static GuardException wrong(String message, @Nullable Exception cause) {
        return new GuardException(ErrorCode.INVALID_REQUEST, message, cause);
    }
}

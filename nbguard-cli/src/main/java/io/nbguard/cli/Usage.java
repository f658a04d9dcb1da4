package io.nbguard.cli;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;

/** What to throw when options are right one by one and wrong together or out of range. */
final class Usage {

    private Usage() {}

    static GuardException wrong(String message) {
        return new GuardException(ErrorCode.INVALID_REQUEST, message);
    }
}

package io.nbguard.api;

import org.jspecify.annotations.Nullable;

/** The one exception that nbguard throws on purpose. Its message names the value, what was expected and what to do next. */
public class GuardException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    /** Makes an exception without a cause. */
    public GuardException(ErrorCode code, String message) {
        this(code, message, null);
    }

    /** Makes an exception with a cause. */
    public GuardException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** Returns whose turn it is. */
    public ErrorCode code() {
        return code;
    }
}

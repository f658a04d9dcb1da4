package io.nbguard.api;

/** Whose turn it is after a {@link GuardException}. */
public enum ErrorCode {
    /** The caller passed something wrong: change the call. */
    INVALID_REQUEST,
    /** There is no such notebook, execution, schedule or plugin. */
    NOT_FOUND,
    /** Not possible in the present state, such as a run on a closed guard. */
    ILLEGAL_STATE,
    /** As much as may wait is waiting already: try again later. */
    OVERLOADED,
    /** This executor cannot do that. */
    UNSUPPORTED,
    /** The machine lacks something: Python, a permission, disk space. */
    ENVIRONMENT,
    /** A plugin broke its contract. */
    PLUGIN,
    /** A defect of nbguard. */
    INTERNAL
}

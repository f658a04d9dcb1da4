package io.nbguard.cgroup.process;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import java.util.Map;

/** How far a guard may raise the sampling thread's priority. */
enum PriorityWish {
    /** Real time, or what is next to it. */
    REAL_TIME,
    /** A nice value, and no more. */
    NICE,
    /** As any other thread. */
    NONE;

    /** The setting that says how far to go. */
    static final String SETTING = "cgroup.priority";

    /**
     * Reads {@link #SETTING}.
     *
     * @throws GuardException (INVALID_REQUEST) if it cannot be meant
     */
    static PriorityWish of(Map<String, String> configuration) {
        String text = configuration.getOrDefault(SETTING, "real-time");
        return switch (text) {
            case "real-time" -> REAL_TIME;
            case "nice" -> NICE;
            case "none" -> NONE;
            default ->
                throw new GuardException(
                        ErrorCode.INVALID_REQUEST,
                        SETTING + " = '" + text + "' is not a setting: expected real-time, nice or none");
        };
    }
}

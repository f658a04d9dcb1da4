package io.nbguard.cgroup.leaf;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import java.util.Map;

/** Which tier is asked for. */
enum TierWish {
    /** The best that is possible. */
    AUTO,
    /** Notebooks are watched and not confined. */
    READ_ONLY,
    /** Notebooks are confined, or nothing is opened. */
    WRITABLE;

    /** The setting that chooses the tier. */
    static final String SETTING = "cgroup.tier";

    /**
     * Reads {@link #SETTING}.
     *
     * @throws GuardException (INVALID_REQUEST) if it cannot be meant
     */
    static TierWish of(Map<String, String> configuration) {
        String text = configuration.getOrDefault(SETTING, "auto");
        return switch (text) {
            case "auto" -> AUTO;
            case "read-only" -> READ_ONLY;
            case "writable" -> WRITABLE;
            default ->
                throw new GuardException(
                        ErrorCode.INVALID_REQUEST,
                        SETTING + " = '" + text + "' is not a setting: expected auto, read-only or writable");
        };
    }
}

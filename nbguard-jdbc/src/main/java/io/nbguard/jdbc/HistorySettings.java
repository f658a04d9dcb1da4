package io.nbguard.jdbc;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.spi.Setting;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The settings {@code history.…}, checked.
 *
 * @param url {@code jdbc:sqlite:/path/file.db} or {@code jdbc:postgresql://host/database}
 * @param user whom to log in as; PostgreSQL only
 * @param password with what
 * @param prefix what the names of all tables begin with
 * @param keep how long anything is kept
 * @param most how many executions are kept
 */
record HistorySettings(
        String url, Optional<String> user, Optional<String> password, String prefix, Duration keep, int most) {

    static final String URL = "history.url";

    private static final String USER = "history.user";
    private static final String PASSWORD = "history.password";
    private static final String PREFIX = "history.prefix";
    private static final String KEEP = "history.keep";
    private static final String MOST = "history.most";
    private static final String DEFAULT_PREFIX = "nbguard_";
    private static final String DEFAULT_KEEP = "P90D";
    private static final String DEFAULT_MOST = "100000";

    static final List<Setting> ALL = List.of(
            new Setting(
                    URL,
                    "none; `nbguard-jdbc` needs it",
                    "The database: `jdbc:sqlite:/path/file.db` or `jdbc:postgresql://host/database`."),
            new Setting(USER, "the driver's", "PostgreSQL: whom to log in as."),
            new Setting(PASSWORD, "the driver's", "PostgreSQL: the password."),
            new Setting(
                    PREFIX,
                    "`" + DEFAULT_PREFIX + "`",
                    "What the names of all tables begin with: 1 to 30 characters of a-z, 0-9 and _."),
            new Setting(
                    KEEP,
                    "`" + DEFAULT_KEEP + "`",
                    "How long anything is kept: an ISO 8601 duration such as `P90D` or `PT12H`."),
            new Setting(MOST, "`" + DEFAULT_MOST + "`", "How many executions are kept."));

    // PostgreSQL cuts names off at 63 characters, and a table's name and an index's come after this.
    private static final Pattern PREFIX_FORM = Pattern.compile("[a-z][a-z0-9_]{0,29}");
    private static final Duration SHORTEST = Duration.ofHours(1);
    private static final Duration LONGEST = Duration.ofDays(36_500);

    /**
     * Reads the settings.
     *
     * @return empty if {@code history.url} is not set
     * @throws GuardException (INVALID_REQUEST) if a setting cannot be meant
     */
    static Optional<HistorySettings> of(Map<String, String> configuration) {
        String url = configuration.get(URL);
        if (url == null || url.isBlank()) {
            return Optional.empty();
        }
        return Optional.of(new HistorySettings(
                url.strip(),
                Optional.ofNullable(configuration.get(USER)),
                Optional.ofNullable(configuration.get(PASSWORD)),
                prefix(configuration.getOrDefault(PREFIX, DEFAULT_PREFIX)),
                keep(configuration.getOrDefault(KEEP, DEFAULT_KEEP)),
                most(configuration.getOrDefault(MOST, DEFAULT_MOST))));
    }

    private static String prefix(String text) {
        if (!PREFIX_FORM.matcher(text).matches()) {
            throw invalid(PREFIX + " is '" + text
                    + "': expected 1 to 30 characters of a-z, 0-9 and _, beginning with a letter, such as nbguard_");
        }
        return text;
    }

    private static Duration keep(String text) {
        Duration time;
        try {
            time = Duration.parse(text.strip());
        } catch (DateTimeException e) {
            throw invalid(KEEP + " is '" + text + "': expected an ISO 8601 duration such as P90D or PT12H");
        }
        if (time.compareTo(SHORTEST) < 0 || time.compareTo(LONGEST) > 0) {
            throw invalid(KEEP + " is '" + text + "': expected from PT1H to P36500D");
        }
        return time;
    }

    private static int most(String text) {
        try {
            int count = Integer.parseInt(text.strip());
            if (count >= 1) {
                return count;
            }
        } catch (NumberFormatException e) {
            // Told below, together with numbers that are too small.
        }
        throw invalid(MOST + " is '" + text + "': expected how many executions to keep, 1 to 2147483647");
    }

    static GuardException invalid(String message) {
        return new GuardException(ErrorCode.INVALID_REQUEST, message);
    }

    /** Leaves the password out. */
    @Override
    public String toString() {
        return "HistorySettings[prefix=" + prefix + ", keep=" + keep + ", most=" + most + "]";
    }
}

package io.nbguard.jdbc;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.Setting;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The settings {@code history.…}, checked.
 *
 * @param url {@code jdbc:sqlite:/path/file.db} or {@code jdbc:postgresql://host/database}
 * @param user the database user; PostgreSQL only
 * @param password with what
 * @param prefix what the names of all tables begin with
 * @param keep how long anything is kept
 * @param most how many executions are kept
 */
record HistorySettings(
        String url, Optional<String> user, Optional<String> password, String prefix, Duration keep, int most) {

    static final Setting<String> URL = Setting.text(
                    "history.url", "The database: `jdbc:sqlite:/path/file.db` or `jdbc:postgresql://host/database`.")
            .withoutIt("none; `nbguard-jdbc` needs it");

    private static final Setting<String> USER =
            Setting.text("history.user", "PostgreSQL: the user to log in as.").withoutIt("the driver's");
    private static final Setting<String> PASSWORD =
            Setting.text("history.password", "PostgreSQL: the password.").withoutIt("the driver's");

    // PostgreSQL cuts names off at 63 characters, and a table's name and an index's come after this.
    private static final Setting<String> PREFIX = Setting.text(
                    "history.prefix", "What the names of all tables begin with.")
            .accepting(
                    text -> text.matches("[a-z][a-z0-9_]{0,29}"),
                    "1 to 30 characters of a-z, 0-9 and _, a letter first")
            .usually("nbguard_");
    private static final Setting<Duration> KEEP = Setting.duration("history.keep", "How long anything is kept.")
            .between("1h", "36500d")
            .usually("90d");
    private static final Setting<Integer> MOST = Setting.integer("history.most", "How many executions are kept.")
            .between("1", Integer.toString(Integer.MAX_VALUE))
            .usually("100000");

    static final List<Setting<?>> ALL = List.of(URL, USER, PASSWORD, PREFIX, KEEP, MOST);

    /**
     * Reads the settings.
     *
     * @return empty if {@code history.url} is not set
     * @throws GuardException (INVALID_REQUEST) if a setting is mistyped
     */
    static Optional<HistorySettings> of(PluginConfig configuration) {
        return configuration
                .find(URL)
                .filter(url -> !url.isBlank())
                .map(url -> new HistorySettings(
                        url.strip(),
                        configuration.find(USER),
                        configuration.find(PASSWORD),
                        configuration.get(PREFIX),
                        configuration.get(KEEP),
                        configuration.get(MOST)));
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

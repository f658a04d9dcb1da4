package io.nbguard.jdbc.table;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Removes what is too old, and what is too much: executions that have ended, with their usage; events and audit entries, of
 * which ten times as many are kept as of executions; what is remembered of schedules that were removed. What has not ended, and schedules, are never removed.
 */
public final class Retention {

    private static final int EXECUTIONS_AT_ONCE = 500;
    private static final long EVENTS_PER_EXECUTION = 10;

    private final String prefix;
    private final ExecutionTable executions;
    private final UsageTable usage;
    private final ScheduleTable schedules;
    private final ClaimTable claims;
    private final Duration keep;
    private final int most;

    /**
     * Makes it.
     *
     * @param prefix what the names of the tables begin with
     * @param keep how long anything is kept
     * @param most how many executions are kept
     */
    public Retention(
            String prefix,
            ExecutionTable executions,
            UsageTable usage,
            ScheduleTable schedules,
            ClaimTable claims,
            Duration keep,
            int most) {
        this.prefix = prefix;
        this.executions = executions;
        this.usage = usage;
        this.schedules = schedules;
        this.claims = claims;
        this.keep = keep;
        this.most = most;
    }

    /**
     * Does one step.
     *
     * @return whether there is more to do
     */
    public boolean step(Connection connection, Instant now) throws SQLException {
        long oldest = Times.nanos(now.minus(keep));
        List<String> ids = executions.endedBefore(connection, oldest, EXECUTIONS_AT_ONCE);
        if (ids.isEmpty()) {
            ids = executions.beyond(connection, most, EXECUTIONS_AT_ONCE);
        }
        if (!ids.isEmpty()) {
            usage.remove(connection, ids);
            executions.remove(connection, ids);
            return true;
        }
        for (int level = 0; level <= UsageThinning.LAST; level++) {
            usage.removeBefore(connection, level, oldest);
        }
        schedules.forgetRemovedBefore(connection, now.minus(keep));
        claims.removeBefore(connection, now.minus(keep));
        for (String table : List.of(prefix + "events", prefix + "audit")) {
            remove(connection, table, "at_nanos < ?", oldest);
            // By number and not by time: to find the time of the millionth would mean to count them.
            remove(connection, table, "seq <= (SELECT MAX(seq) FROM " + table + ") - ?", EVENTS_PER_EXECUTION * most);
        }
        return false;
    }

    private static void remove(Connection connection, String table, String condition, long value) throws SQLException {
        try (PreparedStatement remove = connection.prepareStatement("DELETE FROM " + table + " WHERE " + condition)) {
            remove.setLong(1, value);
            remove.executeUpdate();
        }
    }
}

package io.nbguard.jdbc.table;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * Thins usage out as it ages: from {@code 2 h} on one point for 10 s, from a day on one for a minute, from a week on one for
 * ten minutes. An execution that was short keeps its points: a chart of two dots shows nothing, and they are few.
 */
public final class UsageThinning {

    private static final long SECOND = 1_000_000_000L;

    /** As many points an execution may have and is not thinned out. */
    static final int FEW = 120;

    /** How long apart points are at each level, in nanoseconds. */
    static final long[] APART = {SECOND, 10 * SECOND, 60 * SECOND, 600 * SECOND};

    /** From which age on points go on to the next level. */
    static final Duration[] AGE = {Duration.ofHours(2), Duration.ofDays(1), Duration.ofDays(7)};

    /** The last level. */
    static final int LAST = AGE.length;

    // Each step is a transaction; this bounds how much is read into memory, and how long others wait.
    private static final long STEP = 6 * 3600 * SECOND;

    private final UsageTable usage;

    /** Makes it. */
    public UsageThinning(UsageTable usage) {
        this.usage = usage;
    }

    /**
     * Does one step.
     *
     * @return whether there is more to do
     */
    public boolean step(Connection connection, Instant now) throws SQLException {
        for (int level = 0; level < LAST; level++) {
            long bucket = APART[level + 1];
            long end = bucketBegin(Times.nanos(now.minus(AGE[level])), bucket);
            OptionalLong first = usage.first(connection, level, end);
            if (first.isPresent()) {
                long begin = bucketBegin(first.getAsLong(), bucket);
                thin(connection, level, begin, Math.min(end, begin + STEP));
                return true;
            }
        }
        return false;
    }

    private static long bucketBegin(long nanos, long bucket) {
        return Math.floorDiv(nanos, bucket) * bucket;
    }

    private void thin(Connection connection, int level, long begin, long end) throws SQLException {
        for (String execution : usage.whose(connection, level, begin, end)) {
            boolean node = execution.isEmpty();
            if (node || usage.length(connection, execution) > FEW * APART[level]) {
                usage.merge(connection, execution, level, begin, end, APART[level + 1]);
            } else {
                usage.raise(connection, execution, level, begin, end);
            }
        }
    }
}

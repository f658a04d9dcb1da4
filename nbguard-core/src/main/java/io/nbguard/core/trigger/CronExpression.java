package io.nbguard.core.trigger;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A cron expression as a calendar: which minutes of which days it means, without any time zone.
 *
 * @param minutes minutes of the hour, as bits
 * @param hours hours of the day, as bits
 * @param daysOfMonth days 1 to 31, as bits
 * @param months months 1 to 12, as bits
 * @param daysOfWeek days of the week, as bits; 0 is Sunday
 * @param eitherDay whether a day must be one of {@code daysOfMonth} <em>or</em> of {@code daysOfWeek}, not both
 * @param fixedTime whether it names times of day, rather than running through every hour or every minute
 */
record CronExpression(
        long minutes,
        long hours,
        long daysOfMonth,
        long months,
        long daysOfWeek,
        boolean eitherDay,
        boolean fixedTime) {

    // The rarest day there is, a 29th of February on a given weekday, comes back after 40 years at the latest (about
    // 2100).
    private static final int HORIZON_YEARS = 50;
    private static final int MINUTES_PER_HOUR = 60;
    private static final int HOURS_PER_DAY = 24;
    private static final int MONTHS_PER_YEAR = 12;
    private static final Map<String, String> NICKNAMES = Map.of(
            "@yearly", "0 0 1 1 *",
            "@annually", "0 0 1 1 *",
            "@monthly", "0 0 1 * *",
            "@weekly", "0 0 * * 0",
            "@daily", "0 0 * * *",
            "@midnight", "0 0 * * *",
            "@hourly", "0 * * * *");

    /**
     * Reads an expression.
     *
     * @throws IllegalArgumentException if it is none; the message names the bad field, what is expected, and an example
     */
    static CronExpression parse(String expression) {
        String text = expression.strip();
        if (text.startsWith("@")) {
            text = NICKNAMES.get(text.toLowerCase(Locale.ROOT));
            if (text == null) {
                throw new IllegalArgumentException(
                        "cron expression '" + expression + "' is not known: expected @hourly, "
                                + "@daily, @midnight, @weekly, @monthly, @yearly, @annually or five fields such as '0 2 * * *'");
            }
        }
        String[] fields = text.split("\\s+");
        if (fields.length != CronField.values().length) {
            throw new IllegalArgumentException("cron expression '" + expression + "' has "
                    + (text.isEmpty() ? 0 : fields.length)
                    + " fields: expected 5 (minute, hour, day of month, month, day of week; there are no seconds), "
                    + "such as '0 2 * * mon-fri' for 02:00 on working days");
        }
        long[] values = new long[fields.length];
        for (CronField field : CronField.values()) {
            try {
                values[field.ordinal()] = field.parse(fields[field.ordinal()]);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("cron expression '" + expression + "': " + e.getMessage(), e);
            }
        }
        return new CronExpression(
                values[0],
                values[1],
                values[2],
                values[3],
                values[4],
                isRestricted(fields[2]) && isRestricted(fields[4]),
                isRestricted(fields[0]) && isRestricted(fields[1]));
    }

    /** As crontab has it: a field that begins with {@code *} is not restricted, even with a step. */
    private static boolean isRestricted(String field) {
        return !field.startsWith("*");
    }

    /** Returns the first minute that it means at or after {@code from}, or nothing if none comes in 50 years. */
    Optional<LocalDateTime> nextAtOrAfter(LocalDateTime from) {
        LocalDate day = from.toLocalDate();
        if (isOn(day)) {
            int minute = minuteAtOrAfter(from.getHour(), from.getMinute());
            if (minute >= 0) {
                return Optional.of(atMinute(day, minute));
            }
        }
        LocalDate horizon = day.plusYears(HORIZON_YEARS);
        day = day.plusDays(1);
        while (!day.isAfter(horizon)) {
            if (!has(months, day.getMonthValue())) {
                day = day.withDayOfMonth(1).plusMonths(monthsToWait(day.getMonthValue()));
            } else if (isOn(day)) {
                return Optional.of(atMinute(day, minuteAtOrAfter(0, 0)));
            } else {
                day = day.plusDays(1);
            }
        }
        return Optional.empty();
    }

    private int monthsToWait(int month) {
        int wait = 1;
        while (!has(months, (month - 1 + wait) % MONTHS_PER_YEAR + 1)) {
            wait++;
        }
        return wait;
    }

    private boolean isOn(LocalDate day) {
        if (!has(months, day.getMonthValue())) {
            return false;
        }
        boolean ofMonth = has(daysOfMonth, day.getDayOfMonth());
        boolean ofWeek = has(daysOfWeek, day.getDayOfWeek().getValue() % 7);
        return eitherDay ? ofMonth || ofWeek : ofMonth && ofWeek;
    }

    /** Returns the first minute of the day at or after a time, or -1 if none is left. */
    private int minuteAtOrAfter(int hour, int minute) {
        if (has(hours, hour)) {
            long left = minutes >>> minute;
            if (left != 0) {
                return hour * MINUTES_PER_HOUR + minute + Long.numberOfTrailingZeros(left);
            }
        }
        for (int later = hour + 1; later < HOURS_PER_DAY; later++) {
            if (has(hours, later)) {
                return later * MINUTES_PER_HOUR + Long.numberOfTrailingZeros(minutes);
            }
        }
        return -1;
    }

    private static LocalDateTime atMinute(LocalDate day, int minuteOfDay) {
        return day.atTime(minuteOfDay / MINUTES_PER_HOUR, minuteOfDay % MINUTES_PER_HOUR);
    }

    private static boolean has(long values, int value) {
        return (values >>> value & 1) != 0;
    }
}

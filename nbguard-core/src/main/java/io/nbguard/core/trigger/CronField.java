package io.nbguard.core.trigger;

import java.util.List;
import java.util.Locale;

/** One of the five fields of a cron expression: what may stand in it, and which values a text in it means. */
enum CronField {
    MINUTE("minute", 0, 59, List.of(), "30, */15 or 0,20,40"),
    HOUR("hour", 0, 23, List.of(), "2, */6 or 8-18"),
    DAY_OF_MONTH("day of month", 1, 31, List.of(), "1, */2 or 1,15"),
    MONTH(
            "month",
            1,
            12,
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
            "1, jan or 4-9"),
    // 7 is Sunday too.
    DAY_OF_WEEK("day of week", 0, 7, List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat"), "1, mon-fri or sat,sun");

    private static final int SUNDAY_AS_END = 7;

    private final String title;
    private final int first;
    private final int last;
    private final List<String> names;
    private final String example;

    CronField(String title, int first, int last, List<String> names, String example) {
        this.title = title;
        this.first = first;
        this.last = last;
        this.names = names;
        this.example = example;
    }

    /**
     * Returns the values that {@code text} means, as bits: bit 0 is value 0.
     *
     * @throws IllegalArgumentException if it means none; the message names the field, the text, and what is expected
     */
    long parse(String text) {
        long values = 0;
        for (String item : text.split(",", -1)) {
            values |= item(item, text);
        }
        return values;
    }

    private long item(String item, String text) {
        int slash = item.indexOf('/');
        String range = slash < 0 ? item : item.substring(0, slash);
        int step = slash < 0 ? 1 : step(item.substring(slash + 1), item);
        int dash = range.indexOf('-');
        if (range.equals("*")) {
            return values(first, last, step);
        }
        if (dash >= 0) {
            int from = value(range.substring(0, dash), text);
            return values(from, end(range, from, range.substring(dash + 1), text), step);
        }
        int value = value(range, text);
        if (slash >= 0) {
            throw wrong(
                    item,
                    "has a step but no range: write " + item.replace("/", "-" + last + "/") + " or */"
                            + item.substring(slash + 1));
        }
        return values(value, value, 1);
    }

    private int step(String digits, String item) {
        int step = number(digits);
        if (step < 1 || step > last) {
            throw wrong(item, "has the step '" + digits + "': expected a number from 1 to " + last);
        }
        return step;
    }

    private int end(String range, int from, String name, String text) {
        int end = value(name, text);
        if (this == DAY_OF_WEEK && end == 0 && from > 0) {
            return SUNDAY_AS_END;
        }
        if (end < from) {
            throw wrong(
                    range, "runs backwards: write it as two ranges, up to " + last + " and from " + first + " onwards");
        }
        return end;
    }

    private int value(String name, String text) {
        int named = names.indexOf(name.toLowerCase(Locale.ROOT));
        int value = named >= 0 ? named + first : number(name);
        if (value < first || value > last) {
            throw wrong(text, "is not understood at '" + name + "'");
        }
        return value;
    }

    /** Returns the number, or -1 if it is none that any field could have. */
    private static int number(String digits) {
        if (digits.isEmpty() || digits.length() > 3) {
            return -1;
        }
        int number = 0;
        for (int i = 0; i < digits.length(); i++) {
            char digit = digits.charAt(i);
            if (digit < '0' || digit > '9') {
                return -1;
            }
            number = 10 * number + digit - '0';
        }
        return number;
    }

    private long values(int from, int to, int step) {
        long values = 0;
        for (int value = from; value <= to; value += step) {
            values |= 1L << (this == DAY_OF_WEEK ? value % 7 : value);
        }
        return values;
    }

    private IllegalArgumentException wrong(String text, String problem) {
        return new IllegalArgumentException(title + " '" + text + "' " + problem + "; expected " + first + " to " + last
                + (names.isEmpty() ? "" : " or " + names.get(0) + " to " + names.get(names.size() - 1))
                + ", such as " + example);
    }
}

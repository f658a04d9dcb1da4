package io.nbguard.core.event;

import org.jspecify.annotations.Nullable;

/** Text that a plugin gives, fit for a record, an event and a line of the log. */
public final class PluginText {

    private static final int LONGEST = 2_000;

    private PluginText() {}

    /** Returns what a plugin says, cut to a length: a reason stands in the record, and in an event each time it changes. */
    public static String bounded(@Nullable String text) {
        return bounded(text, LONGEST);
    }

    /** Returns text of a plugin that is no longer than {@code most} characters, and a mark where it was cut. */
    public static String bounded(@Nullable String given, int most) {
        String text = String.valueOf(given);
        if (text.length() <= most) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
        return text.substring(0, end) + "…";
    }
}

package io.nbguard.papermill.notebook;

import java.util.regex.Pattern;

/** Text from notebooks and consoles, made fit for a message. */
public final class PlainText {

    private static final Pattern ESCAPE_SEQUENCE =
            Pattern.compile("\u001B(?:\\[[0-?]*[ -/]*[@-~]|\\][^\u0007\u001B]*(?:\u0007|\u001B\\\\)?|[ -/]*[0-~])");
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}&&[^\n\t]]");

    private PlainText() {}

    /** Returns {@code text} without colours and control characters, and no longer than {@code most} characters. */
    public static String of(String text, int most) {
        // Cut before the patterns run: the text may be huge. Colours take room too, so not too near.
        String part = text.length() > 4 * most ? text.substring(0, 4 * most) : text;
        String plain = CONTROL.matcher(ESCAPE_SEQUENCE.matcher(part).replaceAll(""))
                .replaceAll("")
                .strip();
        boolean cut = plain.length() > most || part.length() < text.length();
        if (plain.length() > most) {
            int end = Character.isHighSurrogate(plain.charAt(most - 1)) ? most - 1 : most;
            plain = plain.substring(0, end);
        }
        return cut ? plain.stripTrailing() + " …" : plain;
    }
}

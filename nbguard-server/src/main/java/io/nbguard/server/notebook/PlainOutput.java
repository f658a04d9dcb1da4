package io.nbguard.server.notebook;

import java.util.regex.Pattern;

/** Text that programs wrote for a terminal, without what is meant for the terminal alone. */
public final class PlainOutput {

    /** Both forms of each introducer: ESC and a character, and the one C1 control that means the same. */
    private static final Pattern ESCAPE = Pattern.compile("(?:\u001B\\[|\u009B)[0-?]*[ -/]*[@-~]"
            + "|(?:\u001B[\\]PX^_]|[\u009D\u0090\u0098\u009E\u009F])[^\u0007\u001B\u009C]*(?:\u0007|\u009C|\u001B\\\\)?"
            + "|\u001B[ -/]*[0-~]");

    private PlainOutput() {}

    /** Returns {@code text} without escape sequences and control characters; of a line that was rewritten, its last form. */
    public static String of(String text) {
        if (!hasControls(text)) {
            return text;
        }
        String plain = withoutControls(ESCAPE.matcher(text).replaceAll(""));
        if (plain.indexOf('\r') < 0) {
            return plain;
        }
        StringBuilder kept = new StringBuilder(plain.length());
        String[] lines = plain.replace("\r\n", "\n").split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i];
            while (line.endsWith("\r")) {
                line = line.substring(0, line.length() - 1);
            }
            kept.append(i == 0 ? "" : "\n").append(line.substring(line.lastIndexOf('\r') + 1));
        }
        return kept.toString();
    }

    private static boolean hasControls(String text) {
        for (int i = 0; i < text.length(); i++) {
            char at = text.charAt(i);
            if (at != '\n' && at != '\t' && isControl(at)) {
                return true;
            }
        }
        return false;
    }

    private static String withoutControls(String text) {
        StringBuilder kept = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char at = text.charAt(i);
            if (at == '\n' || at == '\t' || at == '\r' || !isControl(at)) {
                kept.append(at);
            }
        }
        return kept.length() == text.length() ? text : kept.toString();
    }

    /** Returns whether a character rules the display and shows nothing itself: C0 and C1 controls, and bidi overrides. */
    static boolean isControl(char at) {
        return at < ' '
                || (at >= '\u007F'
                        && (at <= '\u009F'
                                || (at >= '\u202A' && at <= '\u202E')
                                || (at >= '\u2066' && at <= '\u2069')));
    }
}

package io.nbguard.examples.serve.notebook;

import java.util.regex.Pattern;

/** Text that programs wrote for a terminal, without what is meant for the terminal alone. */
final class PlainOutput {

    private static final Pattern ESCAPE =
            Pattern.compile("\u001B(?:\\[[0-?]*[ -/]*[@-~]|\\][^\u0007\u001B]*(?:\u0007|\u001B\\\\)?|[ -/]*[0-~])");
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}&&[^\n\t\r]]");

    private PlainOutput() {}

    /** Returns {@code text} without escape sequences and control characters; of a line that was rewritten, its last form. */
    static String of(String text) {
        String plain = CONTROL.matcher(ESCAPE.matcher(text).replaceAll("")).replaceAll("");
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
}

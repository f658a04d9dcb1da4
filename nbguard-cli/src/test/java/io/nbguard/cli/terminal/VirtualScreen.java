package io.nbguard.cli.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Enough of a terminal to say what stands on the screen after some output. */
final class VirtualScreen {

    private static final Pattern TOKEN =
            Pattern.compile("\u001b\\[(\\??)(\\d*)([A-Za-z])|\r|\n|[^\u001b\r\n]+", Pattern.DOTALL);

    /** Returns the lines above the cursor's, from the top. */
    List<String> after(String output) {
        List<StringBuilder> lines = new ArrayList<>(List.of(new StringBuilder()));
        int row = 0;
        int column = 0;
        Matcher token = TOKEN.matcher(output);
        int end = 0;
        while (token.find()) {
            if (token.start() != end) {
                throw new AssertionError("not understood: " + output.substring(end, token.start()));
            }
            end = token.end();
            String text = token.group();
            if (text.equals("\r")) {
                column = 0;
            } else if (text.equals("\n")) {
                row++;
                column = 0;
                if (row == lines.size()) {
                    lines.add(new StringBuilder());
                }
            } else if (text.charAt(0) == '\u001b') {
                if (!token.group(1).isEmpty()) {
                    continue;
                }
                switch (token.group(3)) {
                    case "A" -> row = Math.max(0, row - Integer.parseInt(token.group(2)));
                    case "K" ->
                        lines.get(row).setLength(Math.min(column, lines.get(row).length()));
                    case "J" -> {
                        lines.get(row).setLength(Math.min(column, lines.get(row).length()));
                        while (lines.size() > row + 1) {
                            lines.remove(lines.size() - 1);
                        }
                    }
                    case "m" -> {}
                    default -> throw new AssertionError("not understood: " + text);
                }
            } else {
                StringBuilder line = lines.get(row);
                while (line.length() < column + text.length()) {
                    line.append(' ');
                }
                line.replace(column, column + text.length(), text);
                column += text.length();
            }
        }
        return lines.subList(0, row).stream().map(StringBuilder::toString).toList();
    }
}

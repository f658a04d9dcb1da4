package io.nbguard.server.notebook;

import java.util.Locale;
import java.util.Set;

/** Reads one Python string literal: of any quotes, raw or not. Bytes and f-strings are not understood. */
final class PythonString {

    private static final Set<String> PREFIXES = Set.of("", "r", "u");

    /**
     * A string, and where the text goes on after it.
     *
     * @param value its value
     * @param end the index of the first character after it
     */
    record Read(String value, int end) {}

    private PythonString() {}

    /** Returns whether a string literal of a kind that is understood begins here. */
    static boolean beginsAt(String text, int at) {
        int quote = quote(text, at);
        return quote >= 0 && PREFIXES.contains(text.substring(at, quote).toLowerCase(Locale.ROOT));
    }

    /** Returns the index of the opening quote of any string literal that begins here, or -1. */
    static int quote(String text, int at) {
        for (int i = at; i < text.length() && i <= at + 2; i++) {
            char here = text.charAt(i);
            if (here == '\'' || here == '"') {
                return i;
            }
            if ("rRuUbBfF".indexOf(here) < 0) {
                return -1;
            }
        }
        return -1;
    }

    static Read read(String text, int start) throws NotALiteral {
        int at = quote(text, start);
        boolean raw = at > start && Character.toLowerCase(text.charAt(start)) == 'r';
        String close = closing(text, at);
        at += close.length();
        StringBuilder value = new StringBuilder();
        while (!text.startsWith(close, at)) {
            if (at >= text.length() || (close.length() == 1 && text.charAt(at) == '\n')) {
                throw new NotALiteral();
            }
            char here = text.charAt(at);
            if (here != '\\' || at + 1 >= text.length()) {
                value.append(here);
                at++;
            } else if (raw) {
                value.append(here).append(text.charAt(at + 1));
                at += 2;
            } else {
                at = escape(text, at + 1, value);
            }
        }
        return new Read(value.toString(), at + close.length());
    }

    static String closing(String text, int quote) {
        String one = text.substring(quote, quote + 1);
        return text.startsWith(one.repeat(3), quote) ? one.repeat(3) : one;
    }

    private static int escape(String text, int at, StringBuilder value) throws NotALiteral {
        char kind = text.charAt(at);
        switch (kind) {
            case '\n' -> {
                // A line that goes on.
            }
            case '\\', '\'', '"' -> value.append(kind);
            case 'n' -> value.append('\n');
            case 't' -> value.append('\t');
            case 'r' -> value.append('\r');
            case 'a' -> value.append('\u0007');
            case 'b' -> value.append('\b');
            case 'f' -> value.append('\f');
            case 'v' -> value.append('\u000b');
            case 'x' -> {
                return code(text, at + 1, 2, value);
            }
            case 'u' -> {
                return code(text, at + 1, 4, value);
            }
            case 'U' -> {
                return code(text, at + 1, 8, value);
            }
            case 'N', '0', '1', '2', '3', '4', '5', '6', '7' -> throw new NotALiteral();
            default -> value.append('\\').append(kind);
        }
        return at + 1;
    }

    private static int code(String text, int at, int digits, StringBuilder value) throws NotALiteral {
        if (at + digits > text.length()) {
            throw new NotALiteral();
        }
        try {
            value.appendCodePoint(Integer.parseInt(text.substring(at, at + digits), 16));
        } catch (IllegalArgumentException e) {
            throw new NotALiteral();
        }
        return at + digits;
    }
}

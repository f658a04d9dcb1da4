package io.nbguard.server.notebook;

/** Where Python's statements and comments end, as far as strings and brackets show. */
final class PythonLines {

    private PythonLines() {}

    static int skipBlanks(String text, int from) {
        int at = from;
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
        return at;
    }

    /** Returns the index after the end of the statement that {@code from} is in: a new line outside strings and brackets. */
    static int endOfStatement(String text, int from) {
        int depth = 0;
        int at = from;
        while (at < text.length()) {
            char here = text.charAt(at);
            if (here == '#') {
                int end = text.indexOf('\n', at);
                at = end < 0 ? text.length() : end;
            } else if (here == '\'' || here == '"') {
                at = endOfString(text, at);
            } else if (here == '\n' && depth <= 0) {
                return at + 1;
            } else {
                depth += "([{".indexOf(here) >= 0 ? 1 : ")]}".indexOf(here) >= 0 ? -1 : 0;
                at += here == '\\' ? 2 : 1;
            }
        }
        return text.length();
    }

    private static int endOfString(String text, int quote) {
        String close = PythonString.closing(text, quote);
        int at = quote + close.length();
        while (at < text.length() && !text.startsWith(close, at)) {
            if (close.length() == 1 && text.charAt(at) == '\n') {
                return at;
            }
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        return Math.min(text.length(), at + close.length());
    }

    /** Returns the comment at the end of a statement, without its mark; empty if there is none. */
    static String comment(String text, int from, int end) {
        int at = from;
        while (at < end) {
            char here = text.charAt(at);
            if (here == '#') {
                int line = text.indexOf('\n', at);
                return text.substring(at, line < 0 || line > end ? end : line)
                        .replaceFirst("^#+", "")
                        .strip();
            }
            at = here == '\'' || here == '"' ? endOfString(text, at) : at + 1;
        }
        return "";
    }
}

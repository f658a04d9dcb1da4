package io.nbguard.server.notebook;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a Python literal as {@code ast.literal_eval} would: None, booleans, numbers, strings, and lists, tuples and
 * string-keyed dictionaries of these. Anything else is not understood, and nothing is ever run.
 */
final class PythonLiteral {

    private static final int DEEPEST = 64;

    private final String text;
    private int at;

    private PythonLiteral(String text, int at) {
        this.text = text;
        this.at = at;
    }

    /**
     * A literal, and where the text goes on after it.
     *
     * @param value its value
     * @param end the index of the first character after it
     */
    record Read(@Nullable Object value, int end) {}

    /** Reads the literal that begins at {@code start}. */
    static Read read(String text, int start) throws NotALiteral {
        PythonLiteral reader = new PythonLiteral(text, start);
        Object value = reader.value(0);
        return new Read(value, reader.at);
    }

    private @Nullable Object value(int depth) throws NotALiteral {
        if (depth > DEEPEST || at >= text.length()) {
            throw new NotALiteral();
        }
        char first = text.charAt(at);
        if (first == '[') {
            return sequence(']', depth);
        }
        if (first == '(') {
            return sequence(')', depth);
        }
        if (first == '{') {
            return dictionary(depth);
        }
        if (PythonString.beginsAt(text, at)) {
            return strings();
        }
        if (first == '-' || first == '+' || first == '.' || Character.isDigit(first)) {
            return number();
        }
        if (word("None")) {
            return null;
        }
        if (word("True")) {
            return true;
        }
        if (word("False")) {
            return false;
        }
        throw new NotALiteral();
    }

    private boolean word(String word) {
        int end = at + word.length();
        boolean found = text.startsWith(word, at)
                && (end == text.length() || !Character.isJavaIdentifierPart(text.charAt(end)));
        at = found ? end : at;
        return found;
    }

    private Object number() throws NotALiteral {
        int start = at;
        if (text.charAt(at) == '-' || text.charAt(at) == '+') {
            at++;
        }
        while (at < text.length()
                && (Character.isLetterOrDigit(text.charAt(at))
                        || text.charAt(at) == '_'
                        || text.charAt(at) == '.'
                        || ((text.charAt(at) == '-' || text.charAt(at) == '+') && isExponent(start)))) {
            at++;
        }
        String digits = text.substring(start, at).replace("_", "");
        try {
            boolean negative = digits.startsWith("-");
            String plain = digits.replaceFirst("^[-+]", "");
            if (plain.matches("0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+")) {
                int radix = Character.toLowerCase(plain.charAt(1)) == 'x' ? 16 : plain.charAt(1) == 'b' ? 2 : 8;
                return whole(new BigInteger(plain.substring(2), radix), negative);
            }
            if (plain.matches("\\d{1,1000}")) {
                return whole(new BigInteger(plain), negative);
            }
            if (plain.matches("(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?")) {
                return Double.parseDouble(digits);
            }
        } catch (NumberFormatException e) {
            throw new NotALiteral();
        }
        throw new NotALiteral();
    }

    private boolean isExponent(int start) {
        char before = text.charAt(at - 1);
        return at > start + 1 && (before == 'e' || before == 'E') && text.charAt(start + 1) != 'x';
    }

    private static Object whole(BigInteger value, boolean negative) {
        BigInteger signed = negative ? value.negate() : value;
        return signed.bitLength() < Long.SIZE ? (Object) signed.longValue() : signed;
    }

    private String strings() throws NotALiteral {
        StringBuilder joined = new StringBuilder();
        int end;
        do {
            PythonString.Read read = PythonString.read(text, at);
            joined.append(read.value());
            at = read.end();
            end = at;
            // Strings side by side are one; across lines only inside brackets, which makes no difference here.
            while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
                at++;
            }
        } while (PythonString.beginsAt(text, at));
        at = end;
        return joined.toString();
    }

    private List<@Nullable Object> sequence(char close, int depth) throws NotALiteral {
        List<@Nullable Object> elements = new ArrayList<>();
        at++;
        boolean comma = true;
        while (true) {
            blanks();
            if (peek() == close) {
                at++;
                if (close == ')' && elements.size() == 1 && !comma) {
                    // Brackets around an expression.
                    throw new NotALiteral();
                }
                return elements;
            }
            if (!comma) {
                throw new NotALiteral();
            }
            elements.add(value(depth + 1));
            comma = comma();
        }
    }

    private Map<String, @Nullable Object> dictionary(int depth) throws NotALiteral {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        at++;
        boolean comma = true;
        while (true) {
            blanks();
            if (peek() == '}') {
                at++;
                return members;
            }
            if (!comma || !PythonString.beginsAt(text, at)) {
                throw new NotALiteral();
            }
            String key = strings();
            blanks();
            if (peek() != ':') {
                throw new NotALiteral();
            }
            at++;
            blanks();
            members.put(key, value(depth + 1));
            comma = comma();
        }
    }

    private boolean comma() throws NotALiteral {
        blanks();
        if (peek() == ',') {
            at++;
            return true;
        }
        return false;
    }

    private char peek() throws NotALiteral {
        if (at >= text.length()) {
            throw new NotALiteral();
        }
        return text.charAt(at);
    }

    /** Inside brackets lines and comments do not matter. */
    private void blanks() {
        while (at < text.length()) {
            char here = text.charAt(at);
            if (here == '#') {
                int end = text.indexOf('\n', at);
                at = end < 0 ? text.length() : end;
            } else if (Character.isWhitespace(here) || here == '\\') {
                at++;
            } else {
                return;
            }
        }
    }
}

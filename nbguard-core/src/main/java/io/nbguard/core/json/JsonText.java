package io.nbguard.core.json;

/** Writes a small JSON text (RFC 8259). The caller calls the methods in a valid order; it is not checked. */
public final class JsonText {

    private final StringBuilder text = new StringBuilder();
    private boolean comma;

    /** Makes an empty text. */
    public JsonText() {}

    /** Begins an object or a list. */
    public void begin(char bracket) {
        separate();
        text.append(bracket);
        comma = false;
    }

    /** Ends it. */
    public void end(char bracket) {
        text.append(bracket);
        comma = true;
    }

    /** Begins a field; its value must follow. */
    public JsonText field(String name) {
        separate();
        quote(name);
        text.append(": ");
        comma = false;
        return this;
    }

    /** Writes a string. */
    public void string(String value) {
        separate();
        quote(value);
    }

    /** Writes a number. */
    public void number(long value) {
        separate();
        text.append(value);
    }

    /** Writes true or false. */
    public void bool(boolean value) {
        separate();
        text.append(value);
    }

    /** Returns what was written. */
    public String text() {
        return text.toString();
    }

    private void separate() {
        if (comma) {
            text.append(", ");
        }
        comma = true;
    }

    private void quote(String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                // Also a surrogate without its other half stays readable this way.
                text.append(String.format("\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        text.append('"');
    }
}

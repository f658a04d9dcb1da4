package io.nbguard.cli.text;

/** How text is set off. On a terminal without colour every style is plain. */
public enum Style {
    /** As it is. */
    PLAIN(""),
    /** Headings, names. */
    BOLD("1"),
    /** What may be overlooked. */
    FAINT("2"),
    /** Went well. */
    GOOD("32"),
    /** Deserves a look. */
    WARNING("33"),
    /** Went wrong. */
    BAD("31"),
    /** What must not be overlooked: a kill. */
    ALARM("1;31"),
    /** Figures, bars. */
    ACCENT("36");

    private static final String ESCAPE = "\u001b[";

    private final String code;

    Style(String code) {
        this.code = code;
    }

    /** Returns {@code text} in this style for a terminal that shows colour. */
    public String paint(String text) {
        return code.isEmpty() || text.isEmpty() ? text : ESCAPE + code + "m" + text + ESCAPE + "0m";
    }
}

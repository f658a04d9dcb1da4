package io.nbguard.cli.text;

/**
 * How many columns text takes on a terminal, as {@code wcwidth} counts them: most characters one, East Asian wide ones and
 * emoji two, combining marks none. Notebook names come from people, so tables must stay straight with any of them.
 */
public final class TextWidth {

    private static final String ELLIPSIS = "…";

    // Wide and full-width blocks (Unicode East_Asian_Width W and F, and emoji presentation), as pairs first–last.
    private static final int[] WIDE = {
        0x1100, 0x115F, 0x231A, 0x231B, 0x2329, 0x232A, 0x23E9, 0x23EC, 0x23F0, 0x23F0, 0x23F3, 0x23F3, 0x25FD, 0x25FE,
        0x2614, 0x2615, 0x2648, 0x2653, 0x267F, 0x267F, 0x2693, 0x2693, 0x26A1, 0x26A1, 0x26AA, 0x26AB, 0x26BD, 0x26BE,
        0x26C4, 0x26C5, 0x26CE, 0x26CE, 0x26D4, 0x26D4, 0x26EA, 0x26EA, 0x26F2, 0x26F3, 0x26F5, 0x26F5, 0x26FA, 0x26FA,
        0x26FD, 0x26FD, 0x2705, 0x2705, 0x270A, 0x270B, 0x2728, 0x2728, 0x274C, 0x274C, 0x274E, 0x274E, 0x2753, 0x2755,
        0x2757, 0x2757, 0x2795, 0x2797, 0x27B0, 0x27B0, 0x27BF, 0x27BF, 0x2B1B, 0x2B1C, 0x2B50, 0x2B50, 0x2B55, 0x2B55,
        0x2E80, 0x303E, 0x3041, 0x33FF, 0x3400, 0x4DBF, 0x4E00, 0x9FFF, 0xA000, 0xA4CF, 0xA960, 0xA97F, 0xAC00, 0xD7A3,
        0xF900, 0xFAFF, 0xFE10, 0xFE19, 0xFE30, 0xFE6F, 0xFF00, 0xFF60, 0xFFE0, 0xFFE6, 0x16FE0, 0x18DFF, 0x1AFF0,
        0x1B2FF, 0x1F004, 0x1F004, 0x1F0CF, 0x1F0CF, 0x1F18E, 0x1F18E, 0x1F191, 0x1F19A, 0x1F200, 0x1F320, 0x1F32D,
        0x1F335, 0x1F337, 0x1F37C, 0x1F37E, 0x1F393, 0x1F3A0, 0x1F3CA, 0x1F3CF, 0x1F3D3, 0x1F3E0, 0x1F3F0, 0x1F3F4,
        0x1F3F4, 0x1F3F8, 0x1F43E, 0x1F440, 0x1F440, 0x1F442, 0x1F4FC, 0x1F4FF, 0x1F53D, 0x1F54B, 0x1F54E, 0x1F550,
        0x1F567, 0x1F57A, 0x1F57A, 0x1F595, 0x1F596, 0x1F5A4, 0x1F5A4, 0x1F5FB, 0x1F64F, 0x1F680, 0x1F6C5, 0x1F6CC,
        0x1F6CC, 0x1F6D0, 0x1F6D2, 0x1F6D5, 0x1F6DF, 0x1F6EB, 0x1F6EC, 0x1F6F4, 0x1F6FC, 0x1F7E0, 0x1F7F0, 0x1F90C,
        0x1F93A, 0x1F93C, 0x1F945, 0x1F947, 0x1F9FF, 0x1FA70, 0x1FAFF, 0x20000, 0x3FFFD
    };

    private TextWidth() {}

    /** Returns the columns that {@code text} takes; control characters count as none. */
    public static int of(String text) {
        int width = 0;
        int previous = 0;
        for (int i = 0; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            width += previous == 0x200D ? 0 : of(codePoint);
            previous = codePoint;
            i += Character.charCount(codePoint);
        }
        return width;
    }

    /** Returns {@code text} if it fits into {@code columns}, else its beginning with {@code …}. */
    public static String fit(String text, int columns) {
        if (of(text) <= columns) {
            return text;
        }
        return columns < 1 ? "" : text.substring(0, prefix(text, columns - 1)) + ELLIPSIS;
    }

    /** Returns {@code text} if it fits into {@code columns}, else its beginning and end with {@code …} between. */
    public static String fitMiddle(String text, int columns) {
        if (of(text) <= columns) {
            return text;
        }
        if (columns < 4) {
            return fit(text, columns);
        }
        int tailColumns = (columns - 1) / 2;
        int tail = text.length();
        while (tail > 0) {
            int before = text.offsetByCodePoints(tail, -1);
            if (of(text.substring(before)) > tailColumns) {
                break;
            }
            tail = before;
        }
        int head = prefix(text, columns - 1 - of(text.substring(tail)));
        return text.substring(0, head) + ELLIPSIS + text.substring(tail);
    }

    /** Returns {@code text} followed by spaces up to {@code columns}. */
    public static String padEnd(String text, int columns) {
        return text + " ".repeat(Math.max(0, columns - of(text)));
    }

    /** Returns {@code text} after spaces up to {@code columns}. */
    public static String padStart(String text, int columns) {
        return " ".repeat(Math.max(0, columns - of(text))) + text;
    }

    /** Returns {@code text} on one line: whatever would move the cursor or colour the screen becomes a space. */
    public static String printable(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints()
                .map(codePoint -> movesTheCursor(codePoint) ? ' ' : codePoint)
                .forEach(clean::appendCodePoint);
        return clean.toString();
    }

    private static boolean movesTheCursor(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            // Overrides of the writing direction can make a name look like another one.
            case Character.FORMAT -> codePoint != 0x200D && codePoint != 0x200C;
            default -> false;
        };
    }

    /** Returns how many chars of {@code text} fit into {@code columns}. */
    private static int prefix(String text, int columns) {
        int end = 0;
        while (end < text.length()) {
            int next = text.offsetByCodePoints(end, 1);
            if (of(text.substring(0, next)) > columns) {
                break;
            }
            end = next;
        }
        return end;
    }

    private static int of(int codePoint) {
        if (codePoint >= 0x20 && codePoint < 0x7F) {
            return 1;
        }
        return switch (Character.getType(codePoint)) {
            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.CONTROL, Character.FORMAT -> 0;
            default -> isWide(codePoint) ? 2 : 1;
        };
    }

    private static boolean isWide(int codePoint) {
        int low = 0;
        int high = WIDE.length / 2 - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (codePoint < WIDE[2 * middle]) {
                high = middle - 1;
            } else if (codePoint > WIDE[2 * middle + 1]) {
                low = middle + 1;
            } else {
                return true;
            }
        }
        return false;
    }
}

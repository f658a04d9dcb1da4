package io.nbguard.cli.text;

import java.util.ArrayList;
import java.util.List;

/**
 * One line of styled text. Styles are kept apart from the characters, so that a line can be measured, cut to a width and
 * printed with or without colour. Immutable.
 */
public final class Line {

    /** An empty line. */
    public static final Line EMPTY = new Line(List.of());

    private record Piece(String text, Style style) {}

    private final List<Piece> pieces;

    private Line(List<Piece> pieces) {
        this.pieces = List.copyOf(pieces);
    }

    /** Returns a plain line; control characters in {@code text} become spaces. */
    public static Line of(String text) {
        return EMPTY.plus(text, Style.PLAIN);
    }

    /** Returns a line in one style; control characters in {@code text} become spaces. */
    public static Line of(String text, Style style) {
        return EMPTY.plus(text, style);
    }

    /** Returns this line followed by {@code text}. */
    public Line plus(String text) {
        return plus(text, Style.PLAIN);
    }

    /** Returns this line followed by {@code text} in {@code style}. */
    public Line plus(String text, Style style) {
        if (text.isEmpty()) {
            return this;
        }
        List<Piece> more = new ArrayList<>(pieces);
        more.add(new Piece(TextWidth.printable(text), style));
        return new Line(more);
    }

    /** Returns this line followed by {@code other}. */
    public Line plus(Line other) {
        List<Piece> more = new ArrayList<>(pieces);
        more.addAll(other.pieces);
        return new Line(more);
    }

    /** Returns how many columns it takes. */
    public int width() {
        return pieces.stream().mapToInt(piece -> TextWidth.of(piece.text())).sum();
    }

    /** Returns this line cut to {@code columns}, with {@code …} where something is missing. */
    public Line fit(int columns) {
        if (width() <= columns) {
            return this;
        }
        List<Piece> kept = new ArrayList<>();
        int left = columns;
        for (Piece piece : pieces) {
            int width = TextWidth.of(piece.text());
            // The last column may be needed for the ellipsis of what follows.
            if (width < left) {
                kept.add(piece);
                left -= width;
            } else {
                kept.add(new Piece(TextWidth.fit(piece.text() + "  ", left), piece.style()));
                break;
            }
        }
        return new Line(kept);
    }

    /** Returns this line with spaces at its end up to {@code columns}. */
    public Line padEnd(int columns) {
        return plus(" ".repeat(Math.max(0, columns - width())));
    }

    /** Returns this line with spaces at its beginning up to {@code columns}. */
    public Line padStart(int columns) {
        return of(" ".repeat(Math.max(0, columns - width()))).plus(this);
    }

    /** Returns the characters without styles. */
    public String plain() {
        StringBuilder text = new StringBuilder();
        pieces.forEach(piece -> text.append(piece.text()));
        return text.toString();
    }

    /** Returns the characters with escape codes for their styles. */
    public String coloured() {
        StringBuilder text = new StringBuilder();
        pieces.forEach(piece -> text.append(piece.style().paint(piece.text())));
        return text.toString();
    }

    /** Returns {@link #plain()}. */
    @Override
    public String toString() {
        return plain();
    }
}

package io.nbguard.cli.text;

import java.util.ArrayList;
import java.util.List;

/** Text in lines of a bounded width, broken between words. */
public final class Paragraph {

    private static final int LEAST_COLUMNS = 20;

    private Paragraph() {}

    /**
     * Returns {@code text} in lines: the first after {@code lead}, the others indented as far.
     *
     * @param width columns that a line may take; a word that is longer is not broken
     */
    public static List<Line> hanging(Line lead, String text, Style style, int width) {
        int room = Math.max(LEAST_COLUMNS, width - lead.width());
        List<Line> lines = new ArrayList<>();
        StringBuilder row = new StringBuilder();
        for (String word : TextWidth.printable(text).strip().split(" +")) {
            if (!row.isEmpty() && TextWidth.of(row.toString()) + 1 + TextWidth.of(word) > room) {
                lines.add(begin(lead, lines.isEmpty()).plus(row.toString(), style));
                row.setLength(0);
            }
            row.append(row.isEmpty() ? "" : " ").append(word);
        }
        lines.add(begin(lead, lines.isEmpty()).plus(row.toString(), style));
        return lines;
    }

    private static Line begin(Line lead, boolean first) {
        return first ? lead : Line.of(" ".repeat(lead.width()));
    }
}

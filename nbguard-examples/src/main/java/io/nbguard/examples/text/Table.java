package io.nbguard.examples.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows under headings, aligned by what characters really take on a screen. Columns are as wide as their widest cell; if
 * that is more than there is room for, columns that may shrink do, widest first.
 */
public final class Table {

    private static final int GAP = 2;

    private enum Alignment {
        LEFT,
        RIGHT
    }

    private record Column(String heading, Alignment alignment, int least, boolean shrinks) {}

    private final List<Column> columns = new ArrayList<>();
    private final List<List<Line>> rows = new ArrayList<>();

    /** Makes a table without columns. */
    public Table() {}

    /** Adds a column of text. */
    public Table text(String heading) {
        columns.add(new Column(heading, Alignment.LEFT, TextWidth.of(heading), false));
        return this;
    }

    /** Adds a column of text that is cut, with {@code …}, down to {@code least} columns when the table is too wide. */
    public Table shrinkingText(String heading, int least) {
        columns.add(new Column(heading, Alignment.LEFT, Math.max(least, TextWidth.of(heading)), true));
        return this;
    }

    /** Adds a column of figures, aligned on the right. */
    public Table figures(String heading) {
        columns.add(new Column(heading, Alignment.RIGHT, TextWidth.of(heading), false));
        return this;
    }

    /**
     * Adds a row.
     *
     * @throws IllegalArgumentException if there is not one cell for each column
     */
    public Table row(Line... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException("a row of " + cells.length + " cells in a table of " + columns.size()
                    + " columns: expected one cell for each");
        }
        rows.add(List.of(cells));
        return this;
    }

    /** Returns the heading and the rows, none wider than {@code width} unless its columns cannot shrink so far. */
    public List<Line> render(int width) {
        int[] widths = widths(width);
        List<Line> lines = new ArrayList<>(rows.size() + 1);
        List<Line> headings = columns.stream()
                .map(column -> Line.of(column.heading(), Style.FAINT))
                .toList();
        lines.add(line(headings, widths));
        rows.forEach(row -> lines.add(line(row, widths)));
        return lines;
    }

    private int[] widths(int available) {
        int[] widths = new int[columns.size()];
        int total = GAP * Math.max(0, columns.size() - 1);
        for (int i = 0; i < widths.length; i++) {
            widths[i] = TextWidth.of(columns.get(i).heading());
            for (List<Line> row : rows) {
                widths[i] = Math.max(widths[i], row.get(i).width());
            }
            total += widths[i];
        }
        for (int excess = total - available; excess > 0; excess--) {
            int widest = -1;
            for (int i = 0; i < widths.length; i++) {
                Column column = columns.get(i);
                if (column.shrinks() && widths[i] > column.least() && (widest < 0 || widths[i] > widths[widest])) {
                    widest = i;
                }
            }
            if (widest < 0) {
                break;
            }
            widths[widest]--;
        }
        return widths;
    }

    private Line line(List<Line> cells, int[] widths) {
        Line line = Line.EMPTY;
        for (int i = 0; i < widths.length; i++) {
            Line cell = cells.get(i).fit(widths[i]);
            boolean last = i == widths.length - 1;
            if (columns.get(i).alignment() == Alignment.RIGHT) {
                line = line.plus(cell.padStart(widths[i]));
            } else {
                line = line.plus(last ? cell : cell.padEnd(widths[i]));
            }
            line = last ? line : line.plus(" ".repeat(GAP));
        }
        return line;
    }
}

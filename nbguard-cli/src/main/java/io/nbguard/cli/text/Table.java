package io.nbguard.cli.text;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rows under headings, aligned by what characters really take on a screen. Columns are as wide as their widest cell; if
 * that is more than there is room for, columns that may shrink do, widest first, and where that does not help, optional
 * columns are left out, the last first. An optional column in which nothing stands is left out anyway.
 */
public final class Table {

    private static final int GAP = 2;

    private enum Alignment {
        LEFT,
        RIGHT
    }

    private record Column(String heading, Alignment alignment, int least, boolean shrinks, boolean optional) {}

    private final List<Column> columns = new ArrayList<>();
    private final List<List<Line>> rows = new ArrayList<>();

    /** Makes a table without columns. */
    public Table() {}

    /** Adds a column of text. */
    public Table text(String heading) {
        columns.add(new Column(heading, Alignment.LEFT, TextWidth.of(heading), false, false));
        return this;
    }

    /** Adds a column of text that is cut, with {@code …}, down to {@code least} columns when the table is too wide. */
    public Table shrinkingText(String heading, int least) {
        columns.add(new Column(heading, Alignment.LEFT, Math.max(least, TextWidth.of(heading)), true, false));
        return this;
    }

    /** Adds a column of figures, aligned on the right. */
    public Table figures(String heading) {
        columns.add(new Column(heading, Alignment.RIGHT, TextWidth.of(heading), false, false));
        return this;
    }

    /** Adds a column of figures that is left out where there is no room, or nothing in it. */
    public Table optionalFigures(String heading) {
        columns.add(new Column(heading, Alignment.RIGHT, TextWidth.of(heading), false, true));
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
        List<Integer> shown = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            if (!columns.get(i).optional() || !isEmpty(i)) {
                shown.add(i);
            }
        }
        int[] widths = widths(shown, width);
        while (total(widths) > width && dropLastOptional(shown)) {
            widths = widths(shown, width);
        }
        List<Line> lines = new ArrayList<>(rows.size() + 1);
        List<Line> headings = columns.stream()
                .map(column -> Line.of(column.heading(), Style.FAINT))
                .toList();
        lines.add(line(headings, shown, widths));
        for (List<Line> row : rows) {
            lines.add(line(row, shown, widths));
        }
        return lines;
    }

    private boolean isEmpty(int column) {
        return rows.stream().allMatch(row -> row.get(column).width() == 0);
    }

    private boolean dropLastOptional(List<Integer> shown) {
        for (int i = shown.size() - 1; i >= 0; i--) {
            if (columns.get(shown.get(i)).optional()) {
                shown.remove(i);
                return true;
            }
        }
        return false;
    }

    private static int total(int[] widths) {
        return IntStream.of(widths).sum() + GAP * Math.max(0, widths.length - 1);
    }

    private int[] widths(List<Integer> shown, int available) {
        int[] widths = new int[shown.size()];
        for (int i = 0; i < widths.length; i++) {
            int column = shown.get(i);
            widths[i] = TextWidth.of(columns.get(column).heading());
            for (List<Line> row : rows) {
                widths[i] = Math.max(widths[i], row.get(column).width());
            }
        }
        for (int excess = total(widths) - available; excess > 0; excess--) {
            int widest = -1;
            for (int i = 0; i < widths.length; i++) {
                Column column = columns.get(shown.get(i));
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

    private Line line(List<Line> cells, List<Integer> shown, int[] widths) {
        Line line = Line.EMPTY;
        for (int i = 0; i < widths.length; i++) {
            Line cell = cells.get(shown.get(i)).fit(widths[i]);
            boolean last = i == widths.length - 1;
            if (columns.get(shown.get(i)).alignment() == Alignment.RIGHT) {
                line = line.plus(cell.padStart(widths[i]));
            } else {
                line = line.plus(last ? cell : cell.padEnd(widths[i]));
            }
            line = last ? line : line.plus(" ".repeat(GAP));
        }
        return line;
    }
}

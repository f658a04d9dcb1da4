package io.nbguard.cli.text;

/** A horizontal bar that fills from the left. */
public final class Bar {

    private Bar() {}

    /**
     * Returns a bar.
     *
     * @param fraction how full, 0 to 1; more counts as 1
     * @param columns how wide
     * @param filled the style of the filled part
     */
    public static Line of(double fraction, int columns, Style filled) {
        double bounded = Double.isNaN(fraction) ? 0 : Math.max(0, Math.min(1, fraction));
        int full = (int) Math.round(bounded * columns);
        // Something must never look like nothing.
        if (full == 0 && bounded > 0) {
            full = 1;
        }
        return Line.of("█".repeat(full), filled).plus("░".repeat(columns - full), Style.FAINT);
    }
}

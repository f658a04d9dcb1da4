package io.nbguard.api.measure;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * How far an execution has come.
 *
 * @param cellsDone cells that ended, as the executor counts them (papermill counts markdown cells too)
 * @param cellsTotal cells there are; empty until the executor knows
 * @param lastLine the last line of output, if the executor reports it
 */
public record Progress(int cellsDone, OptionalInt cellsTotal, Optional<String> lastLine) {

    /** Nothing known yet. */
    public static final Progress NONE = new Progress(0, OptionalInt.empty(), Optional.empty());

    /** Returns progress without output. */
    public static Progress of(int cellsDone, int cellsTotal) {
        return new Progress(cellsDone, OptionalInt.of(cellsTotal), Optional.empty());
    }

    /** Returns the number, from 1, of the cell being executed; empty before the total is known and after the last cell. */
    public OptionalInt currentCell() {
        return cellsTotal.isPresent() && cellsDone < cellsTotal.getAsInt()
                ? OptionalInt.of(cellsDone + 1)
                : OptionalInt.empty();
    }

    /** Returns {@code 3/7}, or {@code -} when nothing is known. */
    @Override
    public String toString() {
        return cellsTotal.isPresent() ? cellsDone + "/" + cellsTotal.getAsInt() : "-";
    }
}

package io.nbguard.papermill.notebook;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What an executed notebook shows, as far as it could be read. Cells are numbered from 1 as in the notebook that was run:
 * papermill's error markers do not count.
 *
 * @param error the error that ended it; that of a cell which may raise one is none
 * @param lastBegun the number of the last cell that began; empty if none did
 * @param failed the number of the last cell that papermill calls failed, unless it ended the notebook well or may raise
 * @param whole whether it is a whole JSON document with cells; if not, what was read up to the tear is here
 */
public record Evidence(Optional<CellError> error, OptionalInt lastBegun, OptionalInt failed, boolean whole) {

    /** What no output at all shows. */
    public static final Evidence NONE = new Evidence(Optional.empty(), OptionalInt.empty(), OptionalInt.empty(), false);

    /**
     * An error output.
     *
     * @param name the exception's type, such as {@code ValueError}
     * @param message its text, shortened, without colours; may be empty
     * @param cell the number of the cell; empty if it is the cell with the parameters that papermill injected
     */
    public record CellError(String name, String message, OptionalInt cell) {

        /** Returns it in a line or a few, such as {@code ValueError: no data (cell 3)}. */
        public String describe() {
            String what = message.isEmpty() ? name : name + ": " + message;
            return what + (cell.isPresent() ? " (cell " + cell.getAsInt() + ")" : " (the cell of injected parameters)");
        }
    }
}

package io.nbguard.server.notebook;

import java.util.List;
import java.util.Optional;

/**
 * A cell of a notebook, as far as people look at it.
 *
 * @param type {@code code}, {@code markdown} or {@code raw}
 * @param source its text, or the beginning of it
 * @param sourceMore how many characters of its text were left out
 * @param tags its first tags
 * @param count the number of its execution, if it was executed
 */
record NotebookCell(String type, String source, long sourceMore, List<String> tags, Optional<String> count) {

    /** Something that a cell gave out. */
    sealed interface Output {}

    /**
     * Text that was printed, or the text form of a result.
     *
     * @param more how many characters of it were left out
     */
    record Text(String text, boolean error, long more) implements Output {}

    /** A picture, in base64 as the notebook has it. */
    record Image(String mediaType, String base64) implements Output {}

    /** Something that is not shown, and why. */
    record Omitted(String why) implements Output {}
}

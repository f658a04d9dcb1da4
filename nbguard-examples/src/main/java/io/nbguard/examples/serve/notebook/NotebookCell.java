package io.nbguard.examples.serve.notebook;

import java.util.List;
import java.util.Optional;

/**
 * A cell of a notebook, as far as people look at it.
 *
 * @param type {@code code}, {@code markdown} or {@code raw}
 * @param source its text
 * @param tags its tags
 * @param count the number of its execution, if it was executed
 * @param outputs what it gave out
 */
record NotebookCell(String type, String source, List<String> tags, Optional<String> count, List<Output> outputs) {

    /** Something that a cell gave out. */
    sealed interface Output {}

    /** Text that was printed, or the text form of a result. */
    record Text(String text, boolean error) implements Output {}

    /** A picture, in base64 as the notebook has it. */
    record Image(String mediaType, String base64) implements Output {}

    /** Something that is not shown, and why. */
    record Omitted(String why) implements Output {}
}

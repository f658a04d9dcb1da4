package io.nbguard.papermill.notebook;

import java.util.Optional;
import java.util.OptionalInt;

/** What {@link OutlineReader} finds; {@code NotebookOutline} gives the meaning of each component. */
public record Outline(
        int cells,
        int codeCells,
        Optional<String> kernel,
        Optional<String> language,
        OptionalInt parametersCell,
        OptionalInt injectedCell) {}

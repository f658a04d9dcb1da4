package io.nbguard.papermill;

import io.nbguard.api.GuardException;
import io.nbguard.papermill.notebook.Outline;
import io.nbguard.papermill.notebook.OutlineReader;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a notebook says about itself, without its outputs.
 *
 * @param cells how many cells it has, markdown cells included
 * @param codeCells how many of them are code
 * @param kernel the Jupyter kernel that it names
 * @param language the language that it names
 * @param parametersCell the index, from 0, of the first cell tagged {@code parameters}
 * @param injectedCell the index, from 0, of the first cell tagged {@code injected-parameters}, which an earlier papermill
 *     run left
 */
public record NotebookOutline(
        int cells,
        int codeCells,
        Optional<String> kernel,
        Optional<String> language,
        OptionalInt parametersCell,
        OptionalInt injectedCell) {

    /**
     * Reads a notebook as a stream, in little memory whatever its size.
     *
     * @throws GuardException {@code NOT_FOUND} if there is no such file; {@code INVALID_REQUEST} if it is no notebook: the
     *     message names the file, and the line and column where it is broken; {@code ENVIRONMENT} if it cannot be read
     */
    public static NotebookOutline read(Path notebook) {
        Outline found = OutlineReader.read(notebook);
        return new NotebookOutline(
                found.cells(),
                found.codeCells(),
                found.kernel(),
                found.language(),
                found.parametersCell(),
                found.injectedCell());
    }
}

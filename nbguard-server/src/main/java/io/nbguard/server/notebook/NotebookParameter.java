package io.nbguard.server.notebook;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A parameter of a notebook, as its cell tagged {@code parameters} declares it.
 *
 * @param name its name
 * @param type {@code string int float bool list map null}, or {@code unknown}
 * @param value its default; null where that is None, or an expression that is not a literal
 * @param help what its comment says
 */
public record NotebookParameter(
        String name, String type, @Nullable Object value, Optional<String> help) {}

package io.nbguard.api.history;

import java.util.List;
import java.util.Optional;

/**
 * Some of the past, the latest first.
 *
 * @param items what was found
 * @param next for {@link HistoryQuery#after}; empty when there is no more
 * @param <T> what was asked for
 */
public record HistoryPage<T>(List<T> items, Optional<String> next) {

    /** Keeps its own copy of the list. */
    public HistoryPage {
        items = List.copyOf(items);
    }
}

package io.nbguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.event.EventRecord;
import io.nbguard.api.event.EventSeverity;
import io.nbguard.api.history.HistoryPage;
import io.nbguard.api.history.HistoryQuery;
import io.nbguard.spi.store.HistoryEntry;
import io.nbguard.spi.store.HistorySession;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A store under test, and what all its tests need. */
abstract class StoreContract {

    static final Instant NOON = Instant.parse("2026-03-01T12:00:00.123456789Z");

    HistorySession store;

    /** Opens the store of this test: the same one each time. */
    abstract HistorySession open() throws Exception;

    @BeforeEach
    void openTheStore() throws Exception {
        store = open();
    }

    @AfterEach
    void closeTheStore() {
        store.close();
    }

    void write(HistoryEntry... entries) throws IOException {
        store.write(List.of(entries));
    }

    static EventRecord event(long second, String message) {
        return new EventRecord(
                NOON.plusSeconds(second), "Note", EventSeverity.INFO, Optional.empty(), Optional.empty(), message);
    }

    /** A list of the store. */
    interface Source<T> {
        HistoryPage<T> page(HistoryQuery query) throws IOException;
    }

    static <T> List<T> paged(int limit, Source<T> source) throws IOException {
        List<T> all = new ArrayList<>();
        HistoryPage<T> page = source.page(HistoryQuery.latest(limit));
        all.addAll(page.items());
        while (page.next().isPresent()) {
            assertThat(page.items()).hasSize(limit);
            page = source.page(HistoryQuery.latest(limit).after(page.next().get()));
            all.addAll(page.items());
        }
        return all;
    }
}

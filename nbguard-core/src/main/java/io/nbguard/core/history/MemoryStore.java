package io.nbguard.core.history;

import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.store.HistorySession;
import io.nbguard.spi.store.HistoryStore;

/** Keeps history in memory, as long as the guard lives: the latest 10,000 executions, events and audit entries. */
public final class MemoryStore implements HistoryStore {

    /** Makes one, for the service loader. */
    public MemoryStore() {}

    @Override
    public String name() {
        return "nbguard-memory";
    }

    @Override
    public HistorySession open(PluginConfig configuration) {
        return new MemorySession();
    }
}

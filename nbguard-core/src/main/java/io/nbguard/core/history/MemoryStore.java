package io.nbguard.core.history;

import io.nbguard.spi.HistorySession;
import io.nbguard.spi.HistoryStore;
import io.nbguard.spi.PluginConfig;

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

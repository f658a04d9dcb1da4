package io.nbguard.core;

import io.nbguard.spi.store.HistoryStore;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a guard remembers, and where; see {@link GuardBuilder#history}. Every method checks its argument at
 * once and throws {@link IllegalArgumentException} naming it.
 */
public final class HistorySettings {

    private @Nullable String storeName;
    private @Nullable HistoryStore store;
    private int rememberEnded = 1_000;
    private boolean restoreSchedules = true;

    HistorySettings() {}

    /**
     * Chooses by name where history is kept ({@link NotebookGuard#history}). Default: {@code nbguard-memory}, which forgets
     * everything at the guard's end. {@link GuardBuilder#build} fails if the store cannot be opened. What executions of a guard that was
     * killed have left is ended then, and recorded as lost.
     */
    public HistorySettings store(String name) {
        Objects.requireNonNull(name, "name");
        storeName = name;
        return this;
    }

    /** Sets where history is kept. */
    public HistorySettings store(HistoryStore instance) {
        Objects.requireNonNull(instance, "instance");
        store = instance;
        return this;
    }

    /** Sets how many executions that have ended are remembered. Default 1,000. */
    public HistorySettings rememberEnded(int most) {
        if (most < 0) {
            throw new IllegalArgumentException("rememberEnded must be 0 or more, not " + most);
        }
        rememberEnded = most;
        return this;
    }

    /**
     * Sets whether schedules that a chosen history store has kept are taken up again: as they stood, so that what came due
     * meanwhile is acted on as after any other delay. Guards with one store share its schedules then: one of them acts on
     * each fire, and what one of them adds, pauses or removes the others follow within some ten seconds. Default: yes.
     */
    public HistorySettings restoreSchedules(boolean wanted) {
        restoreSchedules = wanted;
        return this;
    }

    /**
     * What is set.
     *
     * @param storeName the store that was chosen by its name
     * @param store the store that the host has made itself
     * @param rememberEnded how many executions that have ended are remembered
     * @param restoreSchedules whether schedules of a store are taken up again; never without a store
     */
    record Values(
            Optional<String> storeName, Optional<HistoryStore> store, int rememberEnded, boolean restoreSchedules) {

        /** Returns whether history is kept in a store that was chosen, and lasts. */
        boolean hasStore() {
            return storeName.isPresent() || store.isPresent();
        }
    }

    /**
     * Returns what is set.
     *
     * @throws IllegalArgumentException if there are two stores
     */
    Values values() {
        if (store != null && storeName != null) {
            throw new IllegalArgumentException(
                    "the history stores store('" + storeName + "') and store(" + store + ") exclude each other");
        }
        return new Values(
                Optional.ofNullable(storeName),
                Optional.ofNullable(store),
                rememberEnded,
                restoreSchedules && (store != null || storeName != null));
    }
}

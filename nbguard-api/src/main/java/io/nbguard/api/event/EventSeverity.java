package io.nbguard.api.event;

/** How much an event matters to the people who run notebooks. */
public enum EventSeverity {
    /** The usual course of things. */
    INFO,
    /** Something is not as it should be; nothing has to be done at once. */
    WARNING,
    /** Notebooks were ended for lack of memory, or could not be. */
    CRITICAL
}

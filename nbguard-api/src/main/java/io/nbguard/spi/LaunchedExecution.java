package io.nbguard.spi;

import java.util.concurrent.CompletableFuture;

/** An execution under way. Methods return at once and may be called by any thread, also after the end. */
public interface LaunchedExecution {

    /**
     * Completes with the evidence once the main process has ended and the output was looked at; at the latest when
     * {@link #kill} has done its work. Never completes exceptionally.
     */
    CompletableFuture<ExitReport> completion();

    /** Asks it to stop as a person at the keyboard would (SIGINT). */
    void interrupt();

    /** Asks it to end (SIGTERM). */
    void terminate();

    /** Ends it by force. Core also kills what is in the launch's {@link ProcessGroup}. */
    void kill();
}

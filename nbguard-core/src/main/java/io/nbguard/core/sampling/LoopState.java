package io.nbguard.core.sampling;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What the thread that runs the loop leaves for other threads, and the actions that it calls. Each thread's turn uses the
 * same.
 */
final class LoopState {

    final TickReadings readings = new TickReadings();

    /** Called on the sampling thread when admitting begins again; set before the loop starts. */
    final List<Runnable> whenAdmitting = new ArrayList<>();

    /** Called on the sampling thread when single kills do not help; set before the loop starts. */
    volatile Consumer<String> whenEmergency = reason -> {};

    volatile boolean admitting = true;

    /** How many ticks were made. */
    volatile long ticks;

    /** When the last tick ended, in the guard's monotonic time. */
    volatile long lastTickNanos;

    /** When the next is due. */
    volatile long nextTickNanos;

    /** Orders that everything is ended. */
    void emergency(String reason) {
        whenEmergency.accept(reason);
    }
}

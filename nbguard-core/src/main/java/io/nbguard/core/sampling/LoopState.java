package io.nbguard.core.sampling;

import java.util.function.Consumer;

/** What the thread that runs the loop leaves for other threads. Each thread's turn uses the same. */
final class LoopState {

    final TickReadings readings = new TickReadings();
    final AdmissionGate admission = new AdmissionGate();

    /** Called on the sampling thread when single kills do not help; set before the loop starts. */
    volatile Consumer<String> whenEmergency = reason -> {};

    /** How many ticks were made. */
    volatile long ticks;

    /** When the last tick ended, in the guard's monotonic time. */
    volatile long lastTickNanos;

    /** When the next is due. */
    volatile long nextTickNanos;

    /** Returns for how long the next tick has been due; negative before it is. */
    long overdueNanos(long nowNanos) {
        return nowNanos - nextTickNanos;
    }

    /** Orders that everything is ended. */
    void emergency(String reason) {
        whenEmergency.accept(reason);
    }
}

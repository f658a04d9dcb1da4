package io.nbguard.core.sampling;

import io.nbguard.api.watchdog.MemoryRung;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Whether memory use is low enough to start something new: below {@link MemoryRung#STOP_ADMITTING}. */
final class AdmissionGate {

    private final List<Runnable> whenOpened = new CopyOnWriteArrayList<>();
    private volatile boolean open = true;

    /** Returns whether something new may be started. Any thread. */
    boolean isOpen() {
        return open;
    }

    /** Sets what is called on the sampling thread whenever the gate opens again. */
    void onOpened(Runnable action) {
        whenOpened.add(action);
    }

    /**
     * Opens or closes it. Sampling thread only; allocates nothing.
     *
     * @param failures takes what an action throws: the others are called all the same
     */
    void stand(MemoryRung rung, LoopFailures failures) {
        boolean now = rung.compareTo(MemoryRung.STOP_ADMITTING) < 0;
        if (now == open) {
            return;
        }
        open = now;
        if (now) {
            // By index: an iterator needs memory, and without any the gate would be open and no action called.
            for (int i = 0; i < whenOpened.size(); i++) {
                try {
                    whenOpened.get(i).run();
                } catch (Throwable e) {
                    failures.note(e);
                }
            }
        }
    }
}

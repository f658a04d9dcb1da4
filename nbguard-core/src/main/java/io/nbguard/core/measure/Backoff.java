package io.nbguard.core.measure;

import io.nbguard.core.thread.GrowingPause;
import java.time.Duration;

/**
 * For how long a plugin that broke its contract is done without: a first pause that doubles with every fault that follows, up
 * to a longest one. Faults are forgotten when it has kept its contract for as long as the pause that came last. Times are the
 * guard's monotonic ones. One thread; allocates nothing.
 */
public final class Backoff {

    private final GrowingPause pauses;
    private long pauseNanos;
    private long untilNanos;
    private boolean faulty;

    public Backoff(Duration first, Duration longest) {
        pauses = new GrowingPause(first, longest);
    }

    /** It broke its contract. */
    public void failed(long nowNanos) {
        boolean again = faulty && nowNanos - untilNanos < pauseNanos;
        if (!again) {
            pauses.reset();
        }
        pauseNanos = pauses.takeNanos();
        untilNanos = nowNanos + pauseNanos;
        faulty = true;
    }

    /** Returns whether it is done without for now. */
    public boolean isOn(long nowNanos) {
        return faulty && nowNanos < untilNanos;
    }

    /** Returns how long the pause is that the last fault brought. */
    public Duration pause() {
        return Duration.ofNanos(pauseNanos);
    }
}

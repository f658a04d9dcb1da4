package io.nbguard.core.measure;

import java.time.Duration;

/**
 * For how long a plugin that broke its contract is done without: a first pause that doubles with every fault that follows, up
 * to a longest one. Faults are forgotten when it has kept its contract for as long as the pause that came last. Times are the
 * guard's monotonic ones. One thread; allocates nothing.
 */
public final class Backoff {

    private final long firstNanos;
    private final long longestNanos;
    private long pauseNanos;
    private long untilNanos;
    private boolean faulty;

    public Backoff(Duration first, Duration longest) {
        firstNanos = first.toNanos();
        longestNanos = longest.toNanos();
    }

    /** It broke its contract. */
    public void failed(long nowNanos) {
        boolean again = faulty && nowNanos - untilNanos < pauseNanos;
        pauseNanos = again ? Math.min(longestNanos, 2 * pauseNanos) : firstNanos;
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

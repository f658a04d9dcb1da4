package io.nbguard.server.access;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Token buckets by key: each key may do {@code burst} things at once and {@code perSecond} in the long run. Remembers the
 * last 4,096 keys. For any thread.
 */
public final class RateLimiter {

    private static final int MOST_KEYS = 4_096;

    private final double burst;
    private final double perSecond;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Bucket> buckets = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > MOST_KEYS;
        }
    };

    private static final class Bucket {
        private double left;
        private long at;

        Bucket(double left, long at) {
            this.left = left;
            this.at = at;
        }
    }

    /**
     * Makes one.
     *
     * @param nanoTime a clock as {@link System#nanoTime}
     */
    public RateLimiter(double burst, double perSecond, LongSupplier nanoTime) {
        this.burst = burst;
        this.perSecond = perSecond;
        this.nanoTime = nanoTime;
    }

    /** Takes one; returns nothing if there was one, else after how long there will be. */
    public Optional<Duration> take(String key) {
        lock.lock();
        try {
            long now = nanoTime.getAsLong();
            Bucket bucket = buckets.computeIfAbsent(key, unknown -> new Bucket(burst, now));
            bucket.left = Math.min(burst, bucket.left + (now - bucket.at) / 1e9 * perSecond);
            bucket.at = now;
            if (bucket.left >= 1) {
                bucket.left -= 1;
                return Optional.empty();
            }
            return Optional.of(Duration.ofMillis((long) Math.ceil((1 - bucket.left) / perSecond * 1_000)));
        } finally {
            lock.unlock();
        }
    }
}

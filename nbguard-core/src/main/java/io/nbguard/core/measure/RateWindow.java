package io.nbguard.core.measure;

/** A counter's rate over the last one to two seconds. Sampling thread only; allocates nothing. */
public final class RateWindow {

    private static final long WIDTH_NANOS = 1_000_000_000L;

    private long value;
    private long atNanos;
    private long olderValue;
    private long olderAtNanos;
    private boolean started;
    private String source = "";
    private double perSecond;

    public void observe(long counter, String counterSource, long nowNanos) {
        if (!started || counter < value || !counterSource.equals(source)) {
            // The first reading, or the counter of another cgroup: nothing to compare with.
            source = counterSource;
            started = true;
            olderValue = value = counter;
            olderAtNanos = atNanos = nowNanos;
            perSecond = 0;
            return;
        }
        if (nowNanos > olderAtNanos) {
            perSecond = (counter - olderValue) * 1e9 / (nowNanos - olderAtNanos);
        }
        if (nowNanos - atNanos >= WIDTH_NANOS) {
            olderValue = value;
            olderAtNanos = atNanos;
            value = counter;
            atNanos = nowNanos;
        }
    }

    public double perSecond() {
        return perSecond;
    }
}

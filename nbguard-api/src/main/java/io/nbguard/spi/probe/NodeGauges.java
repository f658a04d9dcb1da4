package io.nbguard.spi.probe;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ProbeSession} fills at every tick. Reused, never allocates; each gauge is a value, unlimited, or
 * unavailable with a reason. Used by the sampling thread only.
 *
 * <p>Reasons and sources are kept by reference: pass constants or strings made once, not one made per tick.
 */
public final class NodeGauges {

    private static final byte UNAVAILABLE = 0;
    private static final byte UNLIMITED = 1;
    private static final byte VALUE = 2;
    private static final String NOT_READ = "not read by any probe";
    private static final int COUNT = Gauge.values().length;

    private final long[] values = new long[COUNT];
    private final byte[] kinds = new byte[COUNT];
    private final String[] reasons = new String[COUNT];
    private final String[] sources = new String[COUNT];

    /** Makes gauges of which none was read yet. */
    public NodeGauges() {
        clear();
    }

    /** Forgets everything. */
    public void clear() {
        Arrays.fill(kinds, UNAVAILABLE);
        Arrays.fill(reasons, NOT_READ);
        Arrays.fill(sources, "none");
    }

    /** Sets a value, in the gauge's unit. */
    public void set(Gauge gauge, long value, String source) {
        int i = gauge.ordinal();
        values[i] = value;
        kinds[i] = VALUE;
        sources[i] = source;
    }

    /** Says that there is no limit. */
    public void unlimited(Gauge gauge, String source) {
        int i = gauge.ordinal();
        kinds[i] = UNLIMITED;
        sources[i] = source;
    }

    /** Says that it could not be read. */
    public void unavailable(Gauge gauge, String reason, String source) {
        int i = gauge.ordinal();
        kinds[i] = UNAVAILABLE;
        reasons[i] = reason;
        sources[i] = source;
    }

    /** Returns whether the gauge has a value. */
    public boolean hasValue(Gauge gauge) {
        return kinds[gauge.ordinal()] == VALUE;
    }

    /** Returns whether the gauge was read as unlimited. */
    public boolean isUnlimited(Gauge gauge) {
        return kinds[gauge.ordinal()] == UNLIMITED;
    }

    /**
     * Returns the value, in the gauge's unit.
     *
     * @throws IllegalStateException if it has none
     */
    public long value(Gauge gauge) {
        if (!hasValue(gauge)) {
            throw new IllegalStateException(gauge + " has no value");
        }
        return values[gauge.ordinal()];
    }

    /** Returns the value, or {@code otherwise} if it has none. */
    public long valueOr(Gauge gauge, long otherwise) {
        return hasValue(gauge) ? values[gauge.ordinal()] : otherwise;
    }

    /** Returns why it has no reading, or null if it has one. */
    public @Nullable String reason(Gauge gauge) {
        int i = gauge.ordinal();
        return kinds[i] == UNAVAILABLE ? reasons[i] : null;
    }

    /** Returns where it was read. */
    public String source(Gauge gauge) {
        return sources[gauge.ordinal()];
    }

    /** Makes this hold what {@code other} holds for {@code gauge}. */
    public void copy(Gauge gauge, NodeGauges other) {
        int i = gauge.ordinal();
        values[i] = other.values[i];
        kinds[i] = other.kinds[i];
        reasons[i] = other.reasons[i];
        sources[i] = other.sources[i];
    }

    /** Makes this hold all that {@code other} holds. */
    public void copyAll(NodeGauges other) {
        System.arraycopy(other.values, 0, values, 0, COUNT);
        System.arraycopy(other.kinds, 0, kinds, 0, COUNT);
        System.arraycopy(other.reasons, 0, reasons, 0, COUNT);
        System.arraycopy(other.sources, 0, sources, 0, COUNT);
    }
}

package io.nbguard.core.watchdog;

import io.nbguard.api.measure.ByteSize;

/** Where the watchdog acts: a fraction of the limit, or a number of bytes whatever the limit is (spec C1). */
public sealed interface MemoryThreshold {

    /** Returns the threshold in bytes under a limit of {@code limitBytes}; never more than the limit. */
    long bytesOf(long limitBytes);

    /**
     * Returns a threshold as a fraction.
     *
     * @param fraction more than 0, at most 1
     * @throws IllegalArgumentException if it is something else
     */
    static MemoryThreshold fraction(double fraction) {
        return new Fraction(fraction);
    }

    /**
     * Returns a threshold in bytes.
     *
     * @throws IllegalArgumentException if {@code size} is 0
     */
    static MemoryThreshold bytes(ByteSize size) {
        return new Bytes(size);
    }

    /** A part of the limit. */
    record Fraction(double fraction) implements MemoryThreshold {

        /** Checks the fraction. */
        public Fraction {
            if (!(fraction > 0 && fraction <= 1)) {
                throw new IllegalArgumentException(
                        "a threshold must be more than 0 and at most 1 (0.9375 is 15 of 16 GiB), not " + fraction);
            }
        }

        @Override
        public long bytesOf(long limitBytes) {
            return (long) (limitBytes * fraction);
        }
    }

    /** A fixed size. */
    record Bytes(ByteSize size) implements MemoryThreshold {

        /** Checks the size. */
        public Bytes {
            if (size.bytes() == 0) {
                throw new IllegalArgumentException("a threshold must be more than 0 bytes");
            }
        }

        @Override
        public long bytesOf(long limitBytes) {
            return Math.min(size.bytes(), limitBytes);
        }
    }
}

package io.nbguard.core.watchdog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DyingTimeTest {

    private static final long GB = 1_000_000_000L;
    private static final long MS = 1_000_000L;

    @Test
    void aVictimIsExpectedToDieAsSlowlyAsVictimsDidHere() {
        DyingTime time = new DyingTime();
        long before = time.nanosFor(6 * GB);
        assertThat(before).isEqualTo(190 * MS);

        time.observe(GB, 1_010 * MS);

        assertThat(time.nanosFor(6 * GB)).isEqualTo(6_010 * MS);
        for (int i = 0; i < 20; i++) {
            time.observe(GB, 20 * MS);
        }
        assertThat(time.nanosFor(6 * GB)).isEqualTo(before);
    }
}

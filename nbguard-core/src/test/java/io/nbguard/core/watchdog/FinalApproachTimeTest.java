package io.nbguard.core.watchdog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FinalApproachTimeTest {

    @Test
    void itIsTwentyMillisecondsInASecondAtMost() {
        FinalApproach approach = new FinalApproach();
        long on = 0;
        for (long now = 0; now < 3_000_000_000L; now += 5_000) {
            on += approach.isOn(1 << 20, 1e9, now) ? 5_000 : 0;
        }

        assertThat(on).isBetween(55_000_000L, 61_000_000L);
    }
}

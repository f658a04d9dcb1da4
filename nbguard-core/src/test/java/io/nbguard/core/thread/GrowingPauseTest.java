package io.nbguard.core.thread;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class GrowingPauseTest {

    private final GrowingPause pause = new GrowingPause(Duration.ofMillis(250), Duration.ofMillis(900));

    private long taken() {
        return Duration.ofNanos(pause.takeNanos()).toMillis();
    }

    @Test
    void eachIsTwiceTheOneBeforeUpToTheLongest() {
        assertThat(new long[] {taken(), taken(), taken(), taken()}).containsExactly(250, 500, 900, 900);
    }

    @Test
    void aSuccessBeginsAnew() {
        taken();
        taken();
        pause.reset();

        assertThat(taken()).isEqualTo(250);
    }
}

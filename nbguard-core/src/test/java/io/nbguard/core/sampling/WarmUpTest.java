package io.nbguard.core.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WarmUpTest {

    @Test
    void itGoesTheWholeWayASetNumberOfTimesAndKnowsWhatADecisionTakes() {
        AtomicInteger looks = new AtomicInteger();
        WarmUp warmUp = new WarmUp(looks::incrementAndGet, WarmUpLoop::new);

        for (int slice = 0; !warmUp.isOver(); slice++) {
            assertThat(slice).isLessThan(10_000);
            warmUp.perform(1_000_000);
        }

        assertThat(looks.get()).isBetween(1, 200);
        assertThat(warmUp.decisionNanos()).isPositive();
        warmUp.perform(1_000_000_000L);
        assertThat(looks.get()).isLessThanOrEqualTo(200);
    }
}

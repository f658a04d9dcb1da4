package io.nbguard.core.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RehearsalTest {

    @Test
    void itGoesTheWholeWayASetNumberOfTimesAndKnowsWhatADecisionTakes() {
        AtomicInteger looks = new AtomicInteger();
        Rehearsal rehearsal = new Rehearsal(looks::incrementAndGet);

        for (int slice = 0; !rehearsal.isOver(); slice++) {
            assertThat(slice).isLessThan(10_000);
            rehearsal.perform(1_000_000);
        }

        assertThat(looks.get()).isBetween(1, 200);
        assertThat(rehearsal.decisionNanos()).isPositive();
        rehearsal.perform(1_000_000_000L);
        assertThat(looks.get()).isLessThanOrEqualTo(200);
    }
}

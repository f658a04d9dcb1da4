package io.nbguard.core.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RateWindowTest {

    private static final long SECOND = 1_000_000_000L;

    private final RateWindow window = new RateWindow();

    @Test
    void aSteadyCounterHasItsRate() {
        for (int i = 0; i <= 100; i++) {
            window.observe(i * 50, "a", i * SECOND / 10);
        }

        assertThat(window.perSecond()).isCloseTo(500, within(0.1));
    }

    @Test
    void anotherCgroupsCounterIsNotComparedWithThisOnes() {
        window.observe(100, "a", 0);
        window.observe(200, "a", SECOND);

        window.observe(1_000_000, "b", 2 * SECOND);
        assertThat(window.perSecond()).isZero();

        window.observe(1_000_300, "b", 3 * SECOND);
        assertThat(window.perSecond()).isCloseTo(300, within(0.1));
    }

    @Test
    void aCounterThatBeginsAnewIsNotANegativeRate() {
        window.observe(100, "a", 0);
        window.observe(5, "a", SECOND);

        assertThat(window.perSecond()).isZero();
    }
}

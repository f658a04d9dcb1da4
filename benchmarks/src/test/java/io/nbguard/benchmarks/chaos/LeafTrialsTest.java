package io.nbguard.benchmarks.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.guest.GuestTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A short series of {@link LeafTrials}; {@code benchmarks/chaos --attribution} runs a long one. */
@GuestTest
class LeafTrialsTest {

    private static final int RUNS = LeafHog.values().length;

    @ParameterizedTest(name = "watchdog asleep: {0}")
    @ValueSource(booleans = {false, true})
    void hogsAtFullRateEndNobodyButThemselvesAndTheRecordSaysWhoEndedThem(boolean asleep) throws Exception {
        LeafTrials.Result result = LeafTrials.run(RUNS, asleep);

        System.out.println(result.line());
        assertThat(result.controllerDeaths()).as(result.told()).isZero();
        assertThat(result.hogs()).isEqualTo(RUNS + 1);
        assertThat(result.wronglyAttributed()).isEmpty();
        assertThat(result.wrongVictims()).isEmpty();
        assertThat(result.containerOoms()).isZero();
        assertThat(result.leftBehind()).isEmpty();
        if (asleep) {
            assertThat(result.reasons()).containsOnlyKeys("KERNEL_OOM");
        }
    }
}

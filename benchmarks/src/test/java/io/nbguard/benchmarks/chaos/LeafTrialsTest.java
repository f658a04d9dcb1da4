package io.nbguard.benchmarks.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.guest.GuestTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A short series of {@link LeafTrials}; {@code benchmarks/chaos --attribution} runs a long one. */
@GuestTest
class LeafTrialsTest {

    @ParameterizedTest(name = "watchdog asleep: {1}, runs: {0}")
    @CsvSource({"3, false", "2, true"})
    void hogsAtFullRateEndNoOtherExecutionAndTheRecordSaysWhatEndedThem(int runs, boolean asleep) throws Exception {
        LeafTrials.Result result = LeafTrials.run(runs, asleep);

        System.out.println(result.line());
        assertThat(result.controllerDeaths()).as(result.told()).isZero();
        assertThat(result.hogs()).isGreaterThanOrEqualTo(runs);
        assertThat(result.wronglyAttributed()).isEmpty();
        assertThat(result.wrongVictims()).isEmpty();
        assertThat(result.nodeOoms()).isZero();
        assertThat(result.leftBehind()).isEmpty();
        if (asleep) {
            assertThat(result.reasons()).containsOnlyKeys("KERNEL_OOM");
        }
    }
}

package io.nbguard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Reading;
import io.nbguard.api.snapshot.NodeSnapshot;
import io.nbguard.server.json.Samples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemoPlanTest {

    /** The samples use 1 GiB; what is above that is free. */
    private static NodeSnapshot free(long mebibytes) {
        return Samples.snapshot(Samples.value(ByteSize.ofMebibytes(1024 + mebibytes)))
                .node();
    }

    private static long hogBoundMebibytes(DemoPlan plan) {
        ExecutionRequest hog = plan.requests().get(plan.requests().size() - 1);
        assertThat(hog.notebook()).isEqualTo(DemoNotebooks.HOG);
        return (Long) hog.parameters().get("safety_bound_mb");
    }

    @Test
    void onARoomyMachineAllSixRunAtOnceUnderTheUsualBudget() {
        DemoPlan plan = DemoPlan.of(null, free(16_000));

        assertThat(plan.budget()).isEqualTo(ByteSize.ofMebibytes(1500));
        assertThat(plan.atOnce()).isEqualTo(6);
        assertThat(plan.requests()).hasSize(6);
        assertThat(hogBoundMebibytes(plan)).isEqualTo(3000);
    }

    @ParameterizedTest
    @ValueSource(longs = {1000, 1300, 1800, 2500, 4000, 100_000})
    void theHogsOwnBoundIsAboveTheBudgetWherePossibleAndNeverAboveWhatIsFree(long freeMebibytes) {
        DemoPlan plan = DemoPlan.of(null, free(freeMebibytes));

        assertThat(hogBoundMebibytes(plan))
                .isBetween(plan.budget().bytes() >> 20, Math.min(3000, freeMebibytes * 7 / 10));
        assertThat(plan.budget().bytes() >> 20).isLessThanOrEqualTo(freeMebibytes * 7 / 10);
    }

    @Test
    void onASmallMachineFewerRunAtOnce() {
        assertThat(DemoPlan.of(null, free(1500)).atOnce()).isEqualTo(3);
    }

    @Test
    void whereThereIsTooLittleMemoryTheDemoIsRefusedWithTheNumbers() {
        assertThatExceptionOfType(GuardException.class)
                .isThrownBy(() -> DemoPlan.of(null, free(600)))
                .withMessageContaining("600.0 MiB")
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.ENVIRONMENT));
        assertThatExceptionOfType(GuardException.class)
                .isThrownBy(() -> DemoPlan.of(ByteSize.ofGibibytes(2), free(1000)))
                .withMessageContaining("endanger")
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
    }

    @Test
    void withoutALimitTheUsualBudgetIsTaken() {
        DemoPlan plan = DemoPlan.of(
                null, Samples.snapshot(new Reading.Unlimited<>("memory.max")).node());

        assertThat(plan.budget()).isEqualTo(ByteSize.ofMebibytes(1500));
    }
}

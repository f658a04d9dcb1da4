package io.nbguard.api.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class UsageTotalsTest {

    private static final UsageTotals MEMORY = new UsageTotals(Optional.of(ByteSize.ofBytes(1)), Optional.empty());
    private static final UsageTotals BOTH =
            new UsageTotals(Optional.of(ByteSize.ofBytes(2)), Optional.of(CpuTime.ofNanos(3)));

    @Test
    void theOtherAccountCountsOnlyWhereThisOneKnowsNothing() {
        assertThat(MEMORY.or(BOTH))
                .isEqualTo(new UsageTotals(Optional.of(ByteSize.ofBytes(1)), Optional.of(CpuTime.ofNanos(3))));
        assertThat(UsageTotals.UNKNOWN.or(BOTH)).isEqualTo(BOTH);
        assertThat(BOTH.or(MEMORY)).isEqualTo(BOTH);
    }
}

package io.nbguard.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuardEventTest {

    private static final ByteSize BUDGET = ByteSize.ofMebibytes(1500);
    private static final ByteSize THRESHOLD = BUDGET.times(0.9375);

    @Test
    void aKillTellsByHowMuchTheThresholdWasCrossed() {
        ExecutionId victim = ExecutionId.random();
        GuardEvent.Terminated event = new GuardEvent.Terminated(
                Instant.EPOCH,
                "hog.ipynb",
                new KillScenario(
                        Instant.EPOCH,
                        KillScenario.Cause.MEMORY_BUDGET,
                        THRESHOLD.plus(ByteSize.ofMebibytes(1)),
                        THRESHOLD,
                        BUDGET,
                        THRESHOLD,
                        "nbguard-heaviest",
                        "heaviest, holds 1.1 GiB",
                        victim,
                        List.of(),
                        false));

        assertThat(event.message())
                .isEqualTo("OOM Prevention: Terminated hog.ipynb [" + victim.shortForm()
                        + "] at 1.374 GiB of 1.5 GiB (threshold 1.373 GiB, nbguard-heaviest: heaviest, holds 1.1 GiB)");
    }

    @Test
    void aRungTellsHowMuchIsLeft() {
        assertThat(new GuardEvent.RungChanged(
                                Instant.EPOCH,
                                KillScenario.Cause.CONTAINER_LIMIT,
                                MemoryRung.WARN,
                                MemoryRung.KILL,
                                ByteSize.ofMebibytes(15990),
                                ByteSize.ofGibibytes(16))
                        .message())
                .isEqualTo("memory WARN -> KILL: 15.6 GiB of 16.0 GiB");
    }
}

package io.nbguard.benchmarks.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nbguard.benchmarks.rig.Workshop;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A few runs of the chaos bench against a real limit and the real kernel's OOM killer: that the rig works, and that only the
 * hogs are ended. No time is asserted.
 */
@Tag("slow")
@Timeout(180)
class ChaosTest {

    private static final Pattern SCENARIOS = Pattern.compile("^(c-1000|several|forks|raised)$");
    private static final Pattern NBGUARD = Pattern.compile("^(nbguard|sidecar)$");

    private static Results results;

    @BeforeAll
    static void run(@TempDir Path kept) throws Exception {
        MemoryGroup.refusal(Tier.READ_ONLY).ifPresent(reason -> assumeTrue(false, reason));
        try (Workshop workshop = new Workshop(kept)) {
            results = Bench.run(Plan.quick(Tier.READ_ONLY, SCENARIOS, NBGUARD), workshop, kept, step -> {});
        }
    }

    @Test
    void everyRunCameToAResult() {
        assertThat(results.absent).isEmpty();
        assertThat(results.failures).isEmpty();
        assertThat(results.outcomes.keySet())
                .extracting(Scenario::id)
                .containsExactlyInAnyOrder("c-1000", "several", "forks", "raised");
    }

    @Test
    void theKernelKilledNoProcessAndTheControllerLived() {
        assertThat(results.all()).isNotEmpty().allSatisfy(outcome -> {
            assertThat(outcome.observation().kernelOomKills()).isZero();
            assertThat(outcome.controllerAlive()).isTrue();
        });
    }

    @Test
    void exactlyTheHogsWereEnded() {
        assertThat(results.all()).isNotEmpty().allSatisfy(outcome -> {
            assertThat(outcome.wrongVictims()).isZero();
            assertThat(outcome.secondKills()).isZero();
            assertThat(outcome.falseKills()).isZero();
            assertThat(outcome.noGuardianActed()).isFalse();
        });
    }

    @Test
    void whoWasEndedIsRecordedAsEndedByTheWatchdog() {
        List<Outcome> hogs =
                results.all().filter(outcome -> !outcome.scenario().isBenign()).toList();
        assertThat(hogs).isNotEmpty().allSatisfy(outcome -> assertThat(outcome.endings())
                .containsEntry("hog", "WATCHDOG_MEMORY"));
    }
}

package io.nbguard.benchmarks.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.benchmarks.rig.Workshop;
import io.nbguard.guest.GuestTest;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A few hogs at full rate against the writable tier; {@code benchmarks/chaos --tier writable} makes 200 runs of the same. */
@GuestTest
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class WritableTierTest {

    private static final Pattern SCENARIOS = Pattern.compile("^(c-huge|tmpfs|outrun-c-max|outrun-forked)$");
    private static final Pattern NBGUARD = Pattern.compile("^nbguard$");

    private static Results results;

    @BeforeAll
    static void run(@TempDir Path kept) throws Exception {
        try (Workshop workshop = new Workshop(kept)) {
            results = Bench.run(
                    Plan.quick(Tier.WRITABLE, SCENARIOS, NBGUARD),
                    workshop,
                    kept,
                    step -> System.err.println("chaos: " + step));
        }
    }

    @Test
    void everyRunCameToAResult() {
        assertThat(results.absent).isEmpty();
        assertThat(results.failures).isEmpty();
        assertThat(results.outcomes.keySet())
                .extracting(Scenario::id)
                .containsExactlyInAnyOrder("c-huge", "tmpfs", "outrun-c-max", "outrun-forked");
    }

    @Test
    void theControllerAndTheContainerLived() {
        assertThat(results.all()).isNotEmpty().allSatisfy(outcome -> {
            assertThat(outcome.controllerAlive()).isTrue();
            assertThat(outcome.observation().containerOoms()).isZero();
            assertThat(outcome.wrongVictims()).isZero();
        });
    }

    @Test
    void everyRecordSaysWhoEndedIt() {
        assertThat(results.all()).isNotEmpty().allSatisfy(outcome -> {
            assertThat(outcome.endings())
                    .containsEntry(
                            "hog",
                            outcome.scenario().container().equals(Container.OUTRUN) ? "KERNEL_OOM" : "WATCHDOG_MEMORY");
            assertThat(outcome.wrongReasons()).isZero();
        });
    }

    @Test
    void noGroupIsLeftOfAnyExecution() {
        assertThat(results.all()).isNotEmpty().allSatisfy(outcome -> assertThat(outcome.groupsLeft())
                .isZero());
    }
}

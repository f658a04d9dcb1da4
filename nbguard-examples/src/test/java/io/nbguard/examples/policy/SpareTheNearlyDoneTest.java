package io.nbguard.examples.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.watchdog.Candidate;
import io.nbguard.api.watchdog.CandidateUsage;
import io.nbguard.api.watchdog.KillScenario;
import io.nbguard.spi.policy.KillPolicy;
import io.nbguard.spi.policy.KillSituation;
import io.nbguard.spi.policy.Victim;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class SpareTheNearlyDoneTest {

    private final SpareTheNearlyDone policy = new SpareTheNearlyDone();

    private static Candidate candidate(String id, long mebibytes, Progress progress) {
        ByteSize memory = ByteSize.ofMebibytes(mebibytes);
        return new Candidate(
                new ExecutionId(id),
                id + ".ipynb",
                new CandidateUsage(memory, memory, 0, 1, CpuTime.ofNanos(1)),
                Duration.ofSeconds(10),
                0,
                progress,
                false);
    }

    private static KillSituation situation(Candidate... candidates) {
        return new KillSituation(
                KillScenario.Cause.NODE_LIMIT,
                ByteSize.ofMebibytes(950),
                ByteSize.ofMebibytes(900),
                ByteSize.ofMebibytes(1000),
                List.of(candidates));
    }

    @Test
    void theHeaviestIsSparedWhenItIsNearlyDone() {
        assertThat(policy.choose(situation(
                        candidate("heavy", 600, Progress.of(9, 10)), candidate("light", 200, Progress.of(1, 10)))))
                .map(Victim::id)
                .contains(new ExecutionId("light"));
    }

    @Test
    void whoseProgressIsNotKnownIsNotNearlyDone() {
        assertThat(policy.choose(
                        situation(candidate("heavy", 600, Progress.NONE), candidate("light", 200, Progress.of(1, 10)))))
                .hasValueSatisfying(victim -> {
                    assertThat(victim.id().value()).isEqualTo("heavy");
                    assertThat(victim.rationale()).contains("600.0 MiB").contains("0 %");
                });
    }

    @Test
    void thereIsNoOpinionWhereAKillWouldNotHelp() {
        assertThat(policy.choose(situation(
                        candidate("heavy", 800, Progress.of(9, 10)), candidate("tiny", 20, Progress.of(1, 10)))))
                .isEmpty();
        assertThat(policy.choose(situation(candidate("done", 800, Progress.of(10, 10)))))
                .isEmpty();
    }

    @Test
    void itIsFoundByServiceLoader() {
        assertThat(ServiceLoader.load(KillPolicy.class).stream().map(ServiceLoader.Provider::type))
                .contains(SpareTheNearlyDone.class);
        assertThat(policy.name()).isEqualTo("spare-the-nearly-done").doesNotStartWith("nbguard-");
    }
}

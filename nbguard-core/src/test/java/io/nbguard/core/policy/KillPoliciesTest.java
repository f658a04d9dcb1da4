package io.nbguard.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.watchdog.Candidate;
import io.nbguard.api.watchdog.CandidateUsage;
import io.nbguard.api.watchdog.KillScenario.Cause;
import io.nbguard.spi.policy.KillPolicy;
import io.nbguard.spi.policy.KillSituation;
import io.nbguard.spi.policy.Victim;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class KillPoliciesTest {

    //                                                        name     MiB   growth  cpu s  age s  priority
    private final Candidate heavy = candidate("heavy", 4_000, 10e6, 900, 1_000, 5);
    private final Candidate humble = candidate("humble", 900, 0, 50, 800, 1);
    private final Candidate racing = candidate("racing", 1_500, 400e6, 20, 600, 5);
    private final Candidate fresh = candidate("fresh", 1_200, 100e6, 2, 3, 5);

    @Test
    void eachPolicyTakesWhomItsNameSays() {
        assertThat(chosenBy(new HeaviestPolicy())).isEqualTo(heavy.id());
        assertThat(chosenBy(new LowestPriorityPolicy())).isEqualTo(humble.id());
        assertThat(chosenBy(new FastestGrowingPolicy())).isEqualTo(racing.id());
        assertThat(chosenBy(new YoungestPolicy())).isEqualTo(fresh.id());
        assertThat(chosenBy(new LeastWastedWorkPolicy())).isEqualTo(fresh.id());
    }

    @Test
    void amongEqualsTheHeavierIsTaken() {
        Candidate light = candidate("light", 100, 0, 1, 10, 5);
        Candidate heavier = candidate("heavier", 200, 0, 1, 10, 5);

        assertThat(new LowestPriorityPolicy().choose(situation(light, heavier)).map(Victim::id))
                .contains(heavier.id());
    }

    @Test
    void theRationaleNamesTheNumberThatDecided() {
        assertThat(new HeaviestPolicy()
                        .choose(situation(humble, heavy))
                        .orElseThrow()
                        .rationale())
                .contains("3.9 GiB");
        assertThat(new LowestPriorityPolicy()
                        .choose(situation(humble, heavy))
                        .orElseThrow()
                        .rationale())
                .contains("1");
    }

    @Test
    void allOfThemAreFoundByTheServiceLoader() {
        assertThat(ServiceLoader.load(KillPolicy.class).stream()
                        .map(provider -> provider.get().name()))
                .contains(
                        "nbguard-heaviest",
                        "nbguard-lowest-priority",
                        "nbguard-fastest-growing",
                        "nbguard-youngest",
                        "nbguard-least-wasted-work");
    }

    private ExecutionId chosenBy(KillPolicy policy) {
        return policy.choose(situation(heavy, racing, fresh, humble))
                .orElseThrow()
                .id();
    }

    private static KillSituation situation(Candidate... candidates) {
        return new KillSituation(
                Cause.NODE_LIMIT,
                ByteSize.ofGibibytes(15),
                ByteSize.ofGibibytes(15),
                ByteSize.ofGibibytes(16),
                List.of(candidates));
    }

    private static Candidate candidate(
            String name, long mebibytes, double growth, long cpuSeconds, long ageSeconds, int priority) {
        return new Candidate(
                ExecutionId.random(),
                name,
                new CandidateUsage(
                        ByteSize.ofMebibytes(mebibytes),
                        ByteSize.ofMebibytes(mebibytes),
                        growth,
                        1,
                        CpuTime.ofNanos(cpuSeconds * 1_000_000_000L)),
                Duration.ofSeconds(ageSeconds),
                priority,
                Progress.NONE,
                false);
    }
}

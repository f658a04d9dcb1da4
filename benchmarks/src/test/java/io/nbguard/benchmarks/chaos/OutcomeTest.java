package io.nbguard.benchmarks.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.benchmarks.chaos.Observation.Seen;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutcomeTest {

    private static final long MIB = 1L << 20;
    private static final long THRESHOLD = Node.LARGE.thresholdBytes();
    private static final long MILLI = 1_000_000;

    private static final Scenarios SCENARIOS = new Scenarios(Node.LARGE, "/tmp");
    private static final Scenario C_MAX = scenario(Scenarios.C_MAX);
    private static final Scenario TWINS = scenario(Scenarios.TWINS);

    private static Scenario scenario(String id) {
        return SCENARIOS.hogs().stream()
                .filter(scenario -> scenario.id().equals(id))
                .findAny()
                .orElseThrow();
    }

    private static Seen sentenced(String execution, long atMillis, long needed, long use) {
        return new Seen(
                execution,
                true,
                atMillis * MILLI,
                false,
                needed,
                use,
                (atMillis + 5) * MILLI,
                false,
                Observation.NEVER);
    }

    private static Seen takenByKernel(String execution, long atMillis) {
        return new Seen(execution, true, atMillis * MILLI, true, 0, THRESHOLD, atMillis * MILLI, false, -1);
    }

    private static Seen living(String execution) {
        return new Seen(execution, false, Observation.NEVER, false, 0, 0, Observation.NEVER, false, Observation.NEVER);
    }

    private static Outcome outcome(Scenario scenario, long crossedMillis, long kernelKills, Seen... seen) {
        return outcome(scenario, crossedMillis, kernelKills, "WATCHDOG_MEMORY", seen);
    }

    private static Outcome outcome(
            Scenario scenario, long crossedMillis, long kernelKills, String record, Seen... seen) {
        return new Outcome(
                scenario, observation(crossedMillis, kernelKills, 0, 0, seen), true, Map.of("hog", record), 0);
    }

    private static Observation observation(
            long crossedMillis, long kernelKills, long lateMillis, long stolenMillis, Seen... seen) {
        return new Observation(
                List.of(seen),
                crossedMillis < 0 ? Observation.NEVER : crossedMillis * MILLI,
                THRESHOLD + 3 * MIB,
                1_030 * MILLI,
                kernelKills,
                kernelKills,
                1,
                1,
                1,
                1,
                lateMillis * MILLI,
                stolenMillis);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, false", "4, 0, false", "5, 0, true", "0, 10, true"})
    void aMachineThatStoodStillIsTold(long lateMillis, long stolenMillis, boolean stood) {
        Observation observation = observation(1_000, 0, lateMillis, stolenMillis);

        assertThat(new Outcome(C_MAX, observation, true, Map.of(), 0).stoodStill())
                .isEqualTo(stood);
    }

    @Test
    void aHogEndedBeyondTheThresholdIsAsItShouldBe() {
        Outcome outcome =
                outcome(C_MAX, 1_000, 0, living("calm-1"), sentenced("hog", 1_010, THRESHOLD, THRESHOLD + MIB));
        assertThat(outcome.wrongVictims()).isZero();
        assertThat(outcome.wrongReasons()).isZero();
        assertThat(outcome.secondKills()).isZero();
        assertThat(outcome.falseKills()).isZero();
        assertThat(outcome.noGuardianActed()).isFalse();
        assertThat(outcome.crossingToSignalNanos()).hasValue(10 * MILLI);
        assertThat(outcome.signalToMemoryBackNanos()).hasValue(20 * MILLI);
        assertThat(outcome.overshootBytes()).isEqualTo(3 * MIB);
    }

    @Test
    void endingABystanderIsAWrongVictim() {
        Outcome outcome = outcome(C_MAX, 1_000, 0, sentenced("calm-1", 1_010, THRESHOLD, THRESHOLD + MIB));
        assertThat(outcome.wrongVictims()).isOne();
    }

    @Test
    void endingAnotherWhileTheFirstOnesMemoryWouldHaveBeenEnoughIsASecondKill() {
        Seen first = sentenced("hog", 1_010, THRESHOLD, THRESHOLD + MIB);
        assertThat(outcome(TWINS, 1_000, 0, first, sentenced("twin", 1_020, THRESHOLD / 2, THRESHOLD))
                        .secondKills())
                .isOne();
        assertThat(outcome(TWINS, 1_000, 0, first, sentenced("twin", 2_020, THRESHOLD, THRESHOLD))
                        .secondKills())
                .isZero();
    }

    @Test
    void aKillBelowTheThresholdOrInABenignScenarioIsAFalseKill() {
        assertThat(outcome(C_MAX, -1, 0, sentenced("hog", 1_000, THRESHOLD / 2, THRESHOLD / 2))
                        .falseKills())
                .isOne();
        Scenario benign = SCENARIOS.benign().get(0);
        assertThat(outcome(benign, -1, 0, sentenced("hog", 1_000, 0, 0)).falseKills())
                .isOne();
        assertThat(outcome(benign, -1, 0, "COMPLETED", living("hog")).falseKills())
                .isZero();
    }

    @Test
    void aKillByTheKernelIsNoKillByAGuardianAndHasNoTimes() {
        Outcome outcome = outcome(C_MAX, 1_000, 1, takenByKernel("hog", 1_200));
        assertThat(outcome.wrongVictims()).isZero();
        assertThat(outcome.falseKills()).isZero();
        assertThat(outcome.noGuardianActed()).isFalse();
        assertThat(outcome.crossingToSignalNanos()).isEmpty();
        assertThat(outcome.wrongReasons())
                .as("the record says that it was the watchdog")
                .isOne();
    }

    @Test
    void aHogThatLivesOnBeyondTheThresholdMeansThatNoGuardianActed() {
        assertThat(outcome(C_MAX, 1_000, 0, "USER_STOP", living("hog")).noGuardianActed())
                .isTrue();
        assertThat(outcome(C_MAX, 1_000, 0, "USER_STOP", living("hog")).isVoid())
                .isFalse();
        assertThat(outcome(C_MAX, -1, 0, "USER_STOP", living("hog")).isVoid()).isTrue();
    }

    @Test
    void aKillThatOnlyTheRecordTellsOfWasMissed() {
        Outcome outcome = outcome(C_MAX, -1, 0, living("hog"));
        assertThat(outcome.wasMissed()).isTrue();
        assertThat(outcome.isVoid()).isFalse();
        assertThat(outcome.noGuardianActed()).isFalse();
        assertThat(outcome.isOdd()).as(outcome.story()).isFalse();
        assertThat(outcome.crossingToSignalNanos()).isEmpty();

        Scenario benign = SCENARIOS.benign().get(0);
        assertThat(outcome(benign, -1, 0, living("hog")).falseKills()).isOne();
    }

    @Test
    void aWrongVictimIsOneAlsoWhereTheObserverMissedIt() {
        Observation seenNothing =
                outcome(C_MAX, -1, 0, living("hog"), living("calm-1")).observation();
        Outcome outcome = new Outcome(C_MAX, seenNothing, true, Map.of("calm-1", "WATCHDOG_MEMORY"), 0);
        assertThat(outcome.wasMissed()).isTrue();
        assertThat(outcome.wrongVictims()).isOne();
        assertThat(outcome.isOdd()).isTrue();
    }

    @Test
    void anOddRunTellsItsStory() {
        Outcome outcome = outcome(C_MAX, 1_000, 0, sentenced("calm-1", 1_010, THRESHOLD, THRESHOLD + MIB));
        assertThat(outcome.isOdd()).isTrue();
        assertThat(outcome.story())
                .contains("crossed 1000.0 ms", "calm-1 sentenced 1010.0 ms by a guardian", "hog=WATCHDOG_MEMORY");
    }

    @Test
    void percentilesAreValuesThatWereMeasured() {
        Distribution values =
                Distribution.of(List.of(5L, 1L, 4L, 2L, 3L).stream().mapToLong(Long::longValue));
        assertThat(values.percentile(50)).isEqualTo(3);
        assertThat(values.percentile(99)).isEqualTo(5);
        assertThat(values.max()).isEqualTo(5);
        assertThat(values.percentile(1)).isOne();
    }
}

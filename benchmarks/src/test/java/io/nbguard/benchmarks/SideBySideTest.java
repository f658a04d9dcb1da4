package io.nbguard.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nbguard.benchmarks.peer.Contestant;
import io.nbguard.benchmarks.rig.Workshop;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That the comparison is fair: all contestants measure the same. How long they took is not asserted. */
@Tag("slow")
class SideBySideTest {

    private static final Plan PLAN = Plan.quick();
    private static final int PROCESSES = PLAN.trees() * 5;
    /** The kernel keeps what stat shows of RSS in batches per processor and thread (mm_counter). */
    private static final long STAT_LAG_BYTES_PER_PROCESS = 64 * 4096;

    private static Results results;
    private static String report;

    @BeforeAll
    static void compare() throws IOException {
        try (Workshop workshop = new Workshop(SideBySide.keptFolder())) {
            Machine machine = Machine.read();
            results = Comparison.run(PLAN, workshop, step -> {});
            report = MarkdownReport.of(PLAN, results, machine);
        }
    }

    @Test
    void allContestantsArePresent() {
        assertThat(results.absent).isEmpty();
        assertThat(results.hot).containsOnlyKeys(PLAN.others());
        for (EnumMap<Contestant, Tally> tallies : results.hot.values()) {
            assertThat(tallies).containsOnlyKeys(Contestant.values());
        }
    }

    @ParameterizedTest
    @EnumSource(Contestant.class)
    void allContestantsFindTheSameMemory(Contestant contestant) {
        long reference = rss(Contestant.C_CLOCK);
        assertThat(reference).isGreaterThan((long) PROCESSES * PLAN.mebibytes() << 20);
        long tolerance = reference / 50;
        if (contestant == Contestant.C_STAT || contestant == Contestant.C_STAT_THREADED) {
            tolerance += PROCESSES * STAT_LAG_BYTES_PER_PROCESS;
        }
        assertThat(rss(contestant)).isCloseTo(reference, within(tolerance));
    }

    @Test
    void nbguardFindsTheProcessorTimeThatTheKernelsClocksShow() {
        long reference = last(Contestant.C_CLOCK).last().cpuNanos();
        assertThat(reference).isPositive();
        // The processes sleep: their clocks stand still.
        assertThat(last(Contestant.NBGUARD).last().cpuNanos()).isCloseTo(reference, within(reference / 100));
    }

    @ParameterizedTest
    @EnumSource(names = {"NBGUARD", "NBGUARD_PURE_JAVA", "NBGUARD_FULL"})
    void nbguardAllocatesNothingInASteadyTick(Contestant nbguard) {
        assertThat(last(nbguard).allocatedBytesPerTick()).hasValue(0);
    }

    @Test
    void everyConditionIsMeasuredOfNbguardAndOfItsFloor() {
        List<Contestant> lean =
                Stream.of(Contestant.values()).filter(Contestant::isLean).toList();
        assertThat(results.cold).containsOnlyKeys(lean);
        assertThat(results.tenHertz).containsOnlyKeys(lean);
        assertThat(results.forking).containsOnlyKeys(lean);
        assertThat(results.growth).containsOnlyKeys(lean);
        assertThat(results.pss).hasSize(PLAN.trees()).allSatisfy(pss -> assertThat(pss.pssBytes())
                .isBetween(1L, pss.rssBytes()));
    }

    @Test
    void theReportHasARowForEachOfThem() {
        for (Contestant contestant : Contestant.values()) {
            assertThat(report).contains("| " + contestant.title() + " |");
        }
        assertThat(report).doesNotContain("not measured |  |");
    }

    private static Tally last(Contestant contestant) {
        return results.hot.get(PLAN.most()).get(contestant);
    }

    private static long rss(Contestant contestant) {
        return last(contestant).last().rssBytes();
    }
}

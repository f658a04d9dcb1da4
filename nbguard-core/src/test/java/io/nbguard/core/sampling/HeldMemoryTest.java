package io.nbguard.core.sampling;

import static io.nbguard.core.sampling.Simulation.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.snapshot.ExecutionSnapshot;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is shown and recorded of an execution's memory: charged by the kernel, else PSS, else RSS. */
class HeldMemoryTest {

    private final Simulation world = new Simulation(65_536);

    private ExecutionSnapshot shown(int i) {
        return world.loop.snapshot().executions().get(i);
    }

    @Test
    void pagesThatForkedWorkersShareCountOnce() {
        SimulatedNotebook forked = world.start("forked.ipynb").holding(10).sharing(1_000, 5);

        world.run(Duration.ofSeconds(5));

        assertThat(shown(0).accounts().rss().value().orElseThrow()).isEqualTo(ByteSize.ofMebibytes(5_050));
        assertThat(shown(0).accounts().peakRss().value().orElseThrow()).isEqualTo(ByteSize.ofMebibytes(5_050));
        assertThat(shown(0).usage().memory().value().orElseThrow()).isEqualTo(ByteSize.ofMebibytes(1_050));
        assertThat(shown(0).usage().memory().source()).isEqualTo("pss");
        assertThat(shown(0).usage().peakMemory().value().orElseThrow()).isEqualTo(ByteSize.ofMebibytes(1_050));
        assertThat(forked.peakBytes()).isEqualTo(1_050 * MIB);
    }

    @Test
    void whatTheKernelChargesIsBetterThanPss() {
        SimulatedNotebook confined =
                world.start("confined.ipynb").holding(10).sharing(1_000, 5).charged();

        world.run(Duration.ofSeconds(5));

        assertThat(shown(0).usage().memory().source()).isEqualTo("charged");
        assertThat(shown(0).usage().memory().value().orElseThrow()).isEqualTo(ByteSize.ofMebibytes(1_050));
        assertThat(confined.peakBytes()).isEqualTo(1_050 * MIB);
        assertThat(confined.pssReadings()).isZero();
    }

    @Test
    void rssCountsAndSaysSoWherePssMayNotBeRead() {
        SimulatedNotebook closed =
                world.start("closed.ipynb").holding(10).sharing(1_000, 5).withUnreadablePss();

        world.run(Duration.ofSeconds(35));

        assertThat(shown(0).usage().memory().source()).isEqualTo("rss");
        assertThat(shown(0).usage().memory().value().orElseThrow()).isEqualTo(ByteSize.ofMebibytes(5_050));
        assertThat(shown(0).accounts().pss().value()).isEmpty();
        assertThat(closed.peakBytes()).isEqualTo(5_050 * MIB);
        // Not asked each second for what it does not give.
        assertThat(closed.pssReadings()).isBetween(4, 5);
    }

    @Test
    void aRunThatBeginsWithProcessesThatMayNotBeLookedIntoIsMeasuredOnceItsKernelMayBe() {
        SimulatedNotebook notebook =
                world.start("forked.ipynb").holding(10).sharing(20, 3).withUnreadablePss();
        world.run(Duration.ofMillis(500));
        notebook.sharing(1_000, 5).withReadablePss();

        world.run(Duration.ofSeconds(4));

        assertThat(shown(0).usage().memory().source()).isEqualTo("pss");
        assertThat(notebook.peakBytes()).isLessThan(1_100 * MIB);
    }

    @Test
    void oneReadingThatWasHeldUpIsNotTheLast() {
        SimulatedNotebook notebook =
                world.start("forked.ipynb").holding(10).sharing(100, 5).withSlowPss(Duration.ofMillis(240));
        world.run(Duration.ofSeconds(2));
        notebook.sharing(2_000, 5).withSlowPss(Duration.ofMillis(4));

        world.run(Duration.ofMinutes(2));

        assertThat(notebook.pssReadings()).isGreaterThan(3);
        assertThat(shown(0).usage().memory().value().orElseThrow()).isLessThan(ByteSize.ofMebibytes(2_100));
    }

    @Test
    void rssCountsWhereOneProcessHoldsNearlyAll() {
        SimulatedNotebook single = world.start("single.ipynb").holding(500);

        world.run(Duration.ofSeconds(5));

        assertThat(shown(0).usage().memory().source()).isEqualTo("rss");
        assertThat(single.peakBytes()).isEqualTo(500 * MIB);
        assertThat(single.pssReadings()).isZero();
    }

    @Test
    void aForkBetweenTwoReadingsOfPssDoesNotRaiseThePeak() {
        Simulation close = new Simulation(65_536, Simulation.budget(7_000));
        SimulatedNotebook forking = close.start("forking.ipynb").sharing(1_000, 5);
        close.run(Duration.ofMillis(1_500));
        int readings = forking.pssReadings();
        forking.sharing(1_000, 6);

        close.run(Duration.ofMillis(300));

        ExecutionSnapshot shown = close.loop.snapshot().executions().get(0);
        assertThat(shown.accounts().rss().value().orElseThrow()).isEqualTo(ByteSize.ofMebibytes(6_000));
        assertThat(forking.pssReadings()).isEqualTo(readings);
        assertThat(shown.usage().memory().value().orElseThrow()).isEqualTo(ByteSize.ofMebibytes(1_000));
        assertThat(forking.peakBytes()).isEqualTo(1_000 * MIB);
    }

    @Test
    void growthOfTheLargestProcessCountsBetweenTwoReadingsOfPss() {
        Simulation close = new Simulation(65_536, Simulation.budget(3_000));
        SimulatedNotebook growing = close.start("growing.ipynb").holding(100).sharing(1_000, 2);
        close.run(Duration.ofMillis(1_500));
        int readings = growing.pssReadings();
        growing.holding(300);

        close.run(Duration.ofMillis(300));

        // 200 MiB more in each of the two: of one it is certain.
        assertThat(growing.pssReadings()).isEqualTo(readings);
        assertThat(close.loop
                        .snapshot()
                        .executions()
                        .get(0)
                        .usage()
                        .memory()
                        .value()
                        .orElseThrow())
                .isEqualTo(ByteSize.ofMebibytes(1_400));
        assertThat(growing.peakBytes()).isEqualTo(1_400 * MIB);
    }

    @Test
    void memoryThatCeasesToBeSharedIsFoundThoughRssStaysTheSame() {
        SimulatedNotebook forked = world.start("forked.ipynb").sharing(800, 4);
        world.run(Duration.ofSeconds(5));
        forked.holding(400).sharing(400, 4);

        world.run(Duration.ofSeconds(2));

        assertThat(shown(0).accounts().rss().value().orElseThrow()).isEqualTo(ByteSize.ofMebibytes(3_200));
        assertThat(forked.peakBytes()).isEqualTo(2_000 * MIB);
    }

    @Test
    void thePeakStaysWhenTheMemoryIsGivenBack() {
        SimulatedNotebook forked = world.start("forked.ipynb").sharing(800, 4);
        world.run(Duration.ofSeconds(5));
        forked.sharing(100, 4);

        world.run(Duration.ofSeconds(5));

        assertThat(shown(0).usage().memory().value().orElseThrow()).isEqualTo(ByteSize.ofMebibytes(100));
        assertThat(shown(0).usage().peakMemory().value().orElseThrow()).isEqualTo(ByteSize.ofMebibytes(800));
    }

    @Test
    void pssIsReadEachSecondWhereItMattersAndSeldomWhereItDoesNot() {
        SimulatedNotebook forked = world.start("forked.ipynb").sharing(1_000, 5);
        SimulatedNotebook pool = world.start("pool.ipynb").holding(200).sharing(10, 4);

        world.run(Duration.ofSeconds(60));

        assertThat(forked.pssReadings()).isBetween(55, 61);
        assertThat(pool.pssReadings()).isBetween(5, 7);
    }

    @Test
    void moreFrequentTicksDoNotReadPssMoreOften() {
        Simulation close = new Simulation(65_536, Simulation.budget(20_000));
        SimulatedNotebook forked = close.start("forked.ipynb").sharing(3_000, 5);

        close.run(Duration.ofSeconds(20));

        assertThat(forked.fills()).isGreaterThan(25);
        assertThat(forked.pssReadings()).isBetween(15, 21);
    }

    @Test
    void readingsOfPssTakeAFiftiethOfTheTimeAtMost() {
        SimulatedNotebook[] large = new SimulatedNotebook[10];
        for (int i = 0; i < large.length; i++) {
            large[i] = world.start("large-" + i + ".ipynb").sharing(1_000, 5).withSlowPss(Duration.ofMillis(40));
        }

        world.run(Duration.ofSeconds(100));

        int readings = 0;
        for (SimulatedNotebook one : large) {
            assertThat(one.pssReadings()).isGreaterThan(3);
            readings += one.pssReadings();
        }
        // 2 s in 100 s, and what is allowed at the beginning.
        assertThat(readings * 40).isBetween(1_500, 2_200);
    }

    @Test
    void noReadingIsMadeThatThePauseHasNoRoomFor() {
        // Seven eighths of the way to the threshold the pause is some tens of milliseconds.
        Simulation close = new Simulation(16_384);
        close.othersBytes = 14_000 * MIB;
        SimulatedNotebook large = close.start("large.ipynb").sharing(500, 5).withSlowPss(Duration.ofMillis(200));

        close.run(Duration.ofSeconds(30));

        // The first one told what it costs.
        assertThat(large.pssReadings()).isLessThanOrEqualTo(1);
        assertThat(close.kills()).isZero();
    }

    @Test
    void aTickThatReadsPssIsNotTakenForASlowOne() {
        world.start("forked.ipynb").sharing(1_000, 5).withSlowPss(Duration.ofMillis(40));

        world.run(Duration.ofSeconds(10));

        assertThat(world.loop.snapshot().loop().slowestTick()).isLessThan(Duration.ofMillis(1));
        assertThat(world.loop.snapshot().loop().lag()).isLessThan(Duration.ofMillis(2));
        assertThat(world.loop.snapshot().loop().missedTicks()).isZero();
    }

    @Test
    void aTickThatReadsPssAllocatesNothing() {
        for (int i = 0; i < 20; i++) {
            world.start("n" + i + ".ipynb").holding(10).sharing(100, 4);
        }
        for (int i = 0; i < 20_000; i++) {
            world.loop.tick();
            world.clock.advanceNanos(100_000_000L);
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().getId();
        int readings = world.notebooks.get(0).pssReadings();
        long before = threads.getThreadAllocatedBytes(id);
        int ticks = 10_000;
        for (int i = 0; i < ticks; i++) {
            world.loop.tick();
            world.clock.advanceNanos(100_000_000L);
        }
        long allocated = threads.getThreadAllocatedBytes(id) - before;

        assertThat(world.notebooks.get(0).pssReadings() - readings).isGreaterThan(900);
        assertThat(allocated).isLessThan(ticks);
    }
}

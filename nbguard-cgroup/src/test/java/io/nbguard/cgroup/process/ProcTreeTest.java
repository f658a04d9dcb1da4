package io.nbguard.cgroup.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ExecutionId;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.process.ProcessGroup;
import io.nbguard.spi.process.ProcessIdentity;
import io.nbguard.spi.process.SampleDepth;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be made to happen with real processes: ids given out again, a cursor that wraps, times to the tick. */
class ProcTreeTest {

    private static final long TICK = 10_000_000;

    @TempDir
    Path folder;

    private ProcTree tree;
    private ProcSession session;
    private ProcessGroup group;
    private long now = 1;

    @BeforeEach
    void open() throws Exception {
        tree = new ProcTree(folder);
        tree.process(1, 0).in(1, 1).start(1).name("init").write();
        tree.process(350, 1).start(500).name("unrelated").write();
    }

    @AfterEach
    void close() {
        if (session != null) {
            session.close();
        }
    }

    /** Takes over the tree under process 400 and looks at all processes, at two ticks. */
    private void attach() throws Exception {
        Machine machine = Machine.of(folder, PluginConfig.EMPTY);
        session = new ProcSession(machine, machine.newReader(), PidCursor.open(machine), () -> now);
        group = session.attach(ExecutionId.random(), new ProcessIdentity(400, 1000));
        session.sample(SampleDepth.FULL);
        session.sample(SampleDepth.FULL);
    }

    private void tick() {
        session.sample(SampleDepth.USAGE);
    }

    private void fullTick() {
        session.sample(SampleDepth.FULL);
    }

    @Test
    void nothingIsLookedForUntilTheCursorMoves() throws Exception {
        tree.process(400, 350).write();
        attach();
        tree.process(401, 400).write();

        tick();
        tick();
        assertThat(Tracked.pids(group)).containsExactly(400L);

        tree.lastPid(401);
        tick();
        assertThat(Tracked.pids(group)).containsExactly(400L, 401L);
    }

    @Test
    void theCursorWrapsAtTheHighestId() throws Exception {
        tree.pidMax(1000);
        tree.lastPid(997);
        tree.process(400, 350).write();
        attach();
        tree.process(999, 400).write();
        tree.process(301, 999).write();
        tree.process(299, 400).write();

        tree.lastPid(302);
        tick();

        assertThat(Tracked.pids(group)).containsExactly(400L, 999L, 301L);
    }

    @Test
    void aProcessThatIsNotVisibleAtOnceIsLookedAtTwice() throws Exception {
        tree.process(400, 350).write();
        attach();
        tree.lastPid(402);
        tick();
        tree.process(402, 400).write();

        tick();

        assertThat(Tracked.pids(group)).containsExactly(400L, 402L);
    }

    @Test
    void aProcessWhoseParentComesAfterItIsLookedAtTwice() throws Exception {
        tree.process(400, 350).write();
        attach();
        tree.process(401, 402).write();
        tree.process(402, 400).write();
        tree.lastPid(402);

        tick();
        tick();

        assertThat(Tracked.pids(group)).containsExactly(400L, 402L, 401L);
    }

    @Test
    void aThreadIsNoProcess() throws Exception {
        tree.process(400, 350).write();
        attach();
        tree.process(401, 400).thread().write();
        tree.lastPid(401);

        tick();

        assertThat(Tracked.pids(group)).containsExactly(400L);
    }

    @Test
    void moreIdsThanAreWorthLookingAtOneByOneAreFoundByLookingAtAll() throws Exception {
        tree.process(400, 350).write();
        attach();
        tree.process(20_000, 400).write();
        tree.process(19_000, 20_000).write();
        tree.lastPid(21_000);

        tick();

        assertThat(Tracked.pids(group)).containsExactlyInAnyOrder(400L, 19_000L, 20_000L);
    }

    @Test
    void withoutACursorAllIsLookedAtAtEveryTick() throws Exception {
        tree.process(400, 350).write();
        tree.withoutCursor();
        attach();
        tree.process(450, 400).write();

        tick();

        assertThat(Tracked.pids(group)).containsExactly(400L, 450L);
        assertThat(session.description()).contains("full scan at every tick");
    }

    @Test
    void whatWasMissedIsFoundWithinSecondsByWalkingThroughAll() throws Exception {
        tree.process(400, 350).write();
        attach();
        tree.process(390, 400).write();
        tree.lastPid(401);
        tick();
        tree.lastPid(402);
        tick();
        assertThat(Tracked.pids(group)).containsExactly(400L);

        now += Duration.ofSeconds(4).toNanos();
        tree.lastPid(403);
        tick();
        assertThat(Tracked.pids(group))
                .as("a tick on which a decision may hang does not walk")
                .containsExactly(400L);
        fullTick();

        assertThat(Tracked.pids(group)).containsExactly(400L, 390L);
    }

    @Test
    void aRootAloneIsEndedWithoutASearchUnlessAProcessWasStartedSince() throws Exception {
        tree.process(400, 350).write();
        attach();
        for (int i = 0; i < 3; i++) {
            tick();
        }
        List<Long> looks = new ArrayList<>();
        ProcessReader reader = session.machine().borrowReader();
        session.machine().spareReaders().add((pid, line) -> {
            looks.add(pid);
            return reader.read(pid, line);
        });

        assertThat(group.kill()).isEqualTo(1);
        assertThat(looks).containsOnly(400L);

        tree.process(401, 400).write();
        tree.lastPid(401);
        assertThat(group.kill()).isEqualTo(2);
        assertThat(looks).contains(350L, 401L);
    }

    @Test
    void anIdThatWasGivenOutAgainIsNotTheMember() throws Exception {
        tree.process(400, 350).write();
        tree.process(401, 400).write();
        attach();
        assertThat(Tracked.pids(group)).containsExactly(400L, 401L);
        tree.end(401);
        tree.process(401, 350).start(9000).write();
        tree.process(402, 401).start(9001).write();
        tree.lastPid(300);
        tick();
        tree.lastPid(402);

        tick();
        tick();
        fullTick();

        assertThat(Tracked.pids(group)).containsExactly(400L);
        assertThat(group.kill()).isEqualTo(1);
        assertThat(group.isEmpty()).isFalse();
    }

    @Test
    void anIdThatIsGivenOutAgainWithinOneTickIsNotTheMember() throws Exception {
        tree.pidMax(1000);
        tree.process(400, 350).write();
        tree.process(401, 400).leads().write();
        attach();
        tree.end(401);
        tree.process(401, 350).start(9000).leads().write();
        tree.process(405, 1).start(9001).in(401, 401).write();
        tree.lastPid(406);

        for (int i = 0; i < 4; i++) {
            tick();
        }

        assertThat(Tracked.pids(group)).containsExactly(400L);
    }

    @Test
    void aSessionProvesDescentWhileItsLeadersIdWasNotGivenOutAgain() throws Exception {
        tree.process(400, 350).write();
        tree.process(401, 400).leads().write();
        tree.lastPid(405);
        attach();
        tree.end(401);
        tick();
        tree.process(410, 1).in(401, 401).start(2000).write();
        tree.lastPid(410);

        tick();

        assertThat(Tracked.pids(group)).containsExactly(400L, 410L);
    }

    @Test
    void aSessionProvesNothingWhenItsLeadersIdMayHaveBeenGivenOutAgain() throws Exception {
        tree.process(400, 350).write();
        tree.process(401, 400).leads().write();
        attach();
        tree.end(401);
        tick();
        tree.lastPid(350);
        tick();
        tree.process(401, 350).start(9000).leads().write();
        tree.process(410, 1).in(401, 401).start(9001).write();
        tree.lastPid(411);

        tick();
        tick();

        assertThat(Tracked.pids(group)).containsExactly(400L);
    }

    @Test
    void aSessionProvesNothingEvenWhenTheNewLeaderHasGoneToo() throws Exception {
        tree.process(400, 350).write();
        tree.process(401, 400).leads().write();
        attach();
        tree.end(401);
        tick();
        tree.lastPid(350);
        tick();
        tree.process(410, 1).in(401, 401).start(9001).write();
        tree.lastPid(411);

        tick();
        tick();

        assertThat(Tracked.pids(group)).containsExactly(400L);
    }

    @Test
    void aSessionProvesNothingWhenThereWasTimeForTheCursorToGoAllTheWayRound() throws Exception {
        tree.process(400, 350).write();
        tree.process(401, 400).leads().write();
        tree.lastPid(405);
        attach();
        tree.end(401);
        tick();
        tree.process(410, 1).in(401, 401).start(2000).write();
        tree.lastPid(410);
        now += Duration.ofSeconds(1).toNanos();

        tick();
        tick();

        assertThat(Tracked.pids(group)).containsExactly(400L);
    }

    @Test
    void aKillDoesNotTakeASessionForTheTreesWhenItsLeaderWentBeforeThatLap() throws Exception {
        tree.process(400, 350).write();
        tree.process(401, 400).leads().write();
        tree.lastPid(405);
        attach();
        tree.end(401);
        tree.process(410, 1).in(401, 401).start(2000).write();
        tree.lastPid(410);

        now += Duration.ofSeconds(1).toNanos();
        assertThat(group.kill()).isEqualTo(1);
        now -= Duration.ofSeconds(1).toNanos();
        assertThat(group.kill()).isEqualTo(2);
    }

    @Test
    void aSessionProvesDescentForAsLongAsAMemberIsInIt() throws Exception {
        tree.process(400, 350).write();
        tree.process(401, 400).leads().write();
        tree.process(402, 401).in(401, 401).write();
        attach();
        tree.end(401);
        tree.process(402, 1).in(401, 401).write();
        fullTick();
        tree.lastPid(350);
        tick();
        // The kernel does not give 401 out again: it is the session of 402.
        tree.process(420, 1).in(401, 401).start(9000).write();
        tree.lastPid(421);

        tick();

        assertThat(Tracked.pids(group)).containsExactly(400L, 402L, 420L);
    }

    @Test
    void theSessionThatTheRootWasStartedInProvesNothing() throws Exception {
        tree.process(400, 350).in(350, 350).write();
        attach();
        tree.process(401, 1).in(350, 350).write();
        tree.lastPid(401);

        tick();
        tick();

        assertThat(Tracked.pids(group)).containsExactly(400L);
    }

    @Test
    void aTextThatCannotBeReadDropsNoMember() throws Exception {
        tree.process(400, 350).write();
        tree.process(401, 400).pages(300, 100).write();
        attach();
        Files.writeString(folder.resolve("401/stat"), "garbage");
        Files.writeString(folder.resolve("401/statm"), "more garbage");

        fullTick();

        assertThat(Tracked.pids(group)).containsExactly(400L, 401L);
    }

    @Test
    void memoryIsReadAgainWhenItChanges() throws Exception {
        ProcTree.Entry root = tree.process(400, 350).pages(300, 100).write();
        attach();
        assertThat(group.usage().totalRssBytes()).isEqualTo(300 * 4096);
        assertThat(group.usage().largestPrivateBytes()).isEqualTo(200 * 4096);

        root.pages(1000, 150).write();
        tick();

        assertThat(group.usage().totalRssBytes()).isEqualTo(1000 * 4096);
        assertThat(group.usage().largestPrivateBytes()).isEqualTo(850 * 4096);
    }

    @Test
    void timeThatMovedToTheParentIsCountedOnce() throws Exception {
        ProcTree.Entry root = tree.process(400, 350).time(10, 5).write();
        tree.process(401, 400).time(700, 20).write();
        attach();
        assertThat(group.usage().totalCpuNanos()).isEqualTo((10 + 5 + 700 + 20) * TICK);

        tree.end(401);
        root.time(11, 5 + 730 + 20).write();
        tick();

        assertThat(group.usage().totalCpuNanos()).isEqualTo((11 + 5 + 730 + 20) * TICK);
    }

    @Test
    void timeThatWentOutOfTheTreeIsKept() throws Exception {
        ProcTree.Entry root = tree.process(400, 350).time(10, 5).write();
        ProcTree.Entry child = tree.process(401, 400).time(700, 20).write();
        attach();
        child.parent(1).write();
        fullTick();

        tree.end(401);
        tick();
        root.time(60, 5).write();
        tick();

        assertThat(group.usage().totalCpuNanos()).isEqualTo((60 + 5 + 700 + 20) * TICK);
    }

    @Test
    void timeThatTheParentDidNotTakeIsKept() throws Exception {
        // As when the parent ignores SIGCHLD; and another child's time, which it took, is no compensation.
        ProcTree.Entry root = tree.process(400, 350).time(10, 5).write();
        tree.process(401, 400).time(700, 20).write();
        tree.process(402, 400).time(100, 0).write();
        attach();

        tree.end(401);
        tree.end(402);
        root.time(60, 5 + 100).write();
        tick();
        root.time(70, 5 + 100).write();
        tick();

        assertThat(group.usage().totalCpuNanos()).isEqualTo((70 + 5 + 700 + 20 + 100) * TICK);
    }

    @Test
    void timeOfAChildThatItsParentTookAlongWhenBothWentOutIsCountedOnce() throws Exception {
        tree.process(400, 350).time(10, 0).write();
        tree.process(401, 1).time(50, 0).in(401, 401).write();
        ProcTree.Entry leader = tree.process(402, 400).time(30, 0).leads().write();
        tree.process(403, 402).time(500, 0).write();
        attach();
        assertThat(Tracked.pids(group)).containsExactly(400L, 402L, 403L);
        // The leader becomes an orphan, reaps its child, and is reaped by init, all between two ticks.
        leader.parent(1).write();
        fullTick();
        tree.end(403);
        leader.time(30, 500).write();
        fullTick();
        tree.end(402);
        tick();
        tick();

        assertThat(group.usage().totalCpuNanos()).isEqualTo((10 + 30 + 500) * TICK);
    }

    @Test
    void aZombieIsNotAliveButItsTimeCounts() throws Exception {
        tree.process(400, 350).time(10, 0).write();
        ProcTree.Entry child = tree.process(401, 400).time(300, 0).write();
        attach();

        child.state('Z').time(310, 0).write();
        tick();

        assertThat(Tracked.pids(group)).containsExactly(400L);
        assertThat(group.usage().totalCpuNanos()).isEqualTo(320 * TICK);
    }

    @Test
    void aProcessThatIsJustBeingReapedIsInOnePlaceOnly() throws Exception {
        ProcTree.Entry root = tree.process(400, 350).time(10, 0).write();
        ProcTree.Entry child = tree.process(401, 400).time(300, 0).write();
        attach();

        child.state('X').write();
        root.time(10, 300).write();
        fullTick();
        tree.end(401);
        tick();

        assertThat(group.usage().totalCpuNanos()).isEqualTo(310 * TICK);
    }

    @Test
    void processesOfACopyAreNeverSignalled() throws Exception {
        Process sleeper = new ProcessBuilder("sleep", "1000").start();
        try {
            long start = Tracked.field(sleeper.pid(), 22);
            tree.process(sleeper.pid(), 350).start(start).write();
            tree.process(400, 350).write();
            attach();
            ProcessGroup same = session.attach(ExecutionId.random(), new ProcessIdentity(sleeper.pid(), start));

            assertThat(same.kill()).isEqualTo(1);
            assertThat(same.killAndConfirm(Duration.ZERO, Duration.ofMillis(20)))
                    .isFalse();

            assertThat(sleeper.isAlive()).isTrue();
        } finally {
            sleeper.destroyForcibly().waitFor();
        }
    }

    @Test
    void aMemberThatMayNotBeLookedIntoCountsInFull() throws Exception {
        tree.process(400, 350).pages(1000, 40).write();
        tree.process(401, 400).pages(500, 300).write();
        Files.writeString(
                folder.resolve("401/smaps_rollup"), "Pss:                 100 kB\nSwapPss:             10 kB\n");
        attach();

        assertThat(group.measurePss()).isEqualTo(1000 * 4096 + 110 * 1024);
    }

    @Test
    void whereNoProcessMayBeInspectedThereIsNoPss() throws Exception {
        tree.process(400, 350).write();
        attach();

        assertThat(group.measurePss()).isEqualTo(-1);
    }
}

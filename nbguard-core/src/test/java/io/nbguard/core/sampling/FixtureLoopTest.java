package io.nbguard.core.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Reading;
import io.nbguard.core.watchdog.WatchdogConfig;
import io.nbguard.spi.UnavailableException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole loop, with nbguard's real cgroup probe and {@code /proc} tracker, over files as the kernel writes them. */
class FixtureLoopTest {

    @TempDir
    Path root;

    private FixtureMachine machine;

    @BeforeEach
    void boot() throws Exception {
        machine = new FixtureMachine(root, 4_096, WatchdogConfig.DEFAULTS);
    }

    @AfterEach
    void shutDown() {
        machine.close();
    }

    @Test
    void aFloodOfPageCacheKillsNoExecution() throws Exception {
        FixtureNotebook reader = machine.watch("reader.ipynb", machine.fork(1, 10, 1_000, 20), 10);
        for (int cache = 0; cache <= 3_000; cache += 250) {
            machine.memory(1_050, cache);
            machine.tick();
        }

        assertThat(reader.kills).isZero();
        assertThat(machine.events(GuardEvent.Terminated.class)).isEmpty();
        assertThat(machine.loop.snapshot().node().memoryRaw().value()).contains(ByteSize.ofMebibytes(4_050));
        assertThat(machine.loop.snapshot().node().memoryUnreclaimable().value()).contains(ByteSize.ofMebibytes(1_050));
        assertThat(machine.loop.snapshot().node().memoryWorkingSet().value()).contains(ByteSize.ofMebibytes(2_550));
    }

    @Test
    void aForkHeavyNotebookWhosePagesAreSharedIsSparedForTheOneThatReallyHoldsMost() throws Exception {
        long parent = machine.fork(1, 10, 900, 10);
        machine.pss(parent, 120);
        for (int worker = 0; worker < 8; worker++) {
            machine.pss(machine.fork(parent, 20 + worker, 900, 10), 115);
        }
        FixtureNotebook forked = machine.watch("forked.ipynb", parent, 10);
        long alone = machine.fork(1, 12, 2_000, 10);
        machine.pss(alone, 2_000);
        FixtureNotebook single = machine.watch("single.ipynb", alone, 12);
        machine.memory(3_000, 0);
        machine.tick();
        assertThat(machine.loop.snapshot().executions().get(0).accounts().rss().value())
                .contains(ByteSize.ofMebibytes(9 * 900));
        machine.memory(3_900, 0);

        machine.tick();

        assertThat(single.kills).isEqualTo(1);
        assertThat(forked.kills).isZero();
        assertThat(single.scenario.rationale()).contains("2.0 GiB");
    }

    @Test
    void oneThatHoldsMoreSharedMemoryThanAllOthersTogetherHoldAnythingIsEndedWithoutMeasuringIt() throws Exception {
        long mapper = machine.fork(1, 10, 3_000, 2_990);
        // Were it read, it would let the other one seem heavier.
        machine.pss(mapper, 5);
        FixtureNotebook shared = machine.watch("shared.ipynb", mapper, 10);
        FixtureNotebook calm = machine.watch("calm.ipynb", machine.fork(1, 11, 150, 10), 11);
        machine.memory(3_000, 0);
        machine.tick();
        machine.memory(3_900, 0);

        machine.tick();

        assertThat(shared.kills).isEqualTo(1);
        assertThat(calm.kills).isZero();
    }

    @Test
    void aVictimThatEndsByItselfIsNotFollowedByASecond() throws Exception {
        long leaving = machine.fork(1, 10, 2_500, 10);
        FixtureNotebook first = machine.watch("first.ipynb", leaving, 10);
        FixtureNotebook second = machine.watch("second.ipynb", machine.fork(1, 11, 1_000, 10), 11);
        machine.memory(3_900, 0);
        first.state = ExecutionState.COMPLETED;
        machine.exit(leaving);
        machine.memory(1_200, 0);

        machine.tick();
        machine.tick();

        assertThat(first.kills + second.kills).isZero();
    }

    @Test
    void theSecondIsLeftAloneWhileTheFirstIsDying() throws Exception {
        long dying = machine.fork(1, 10, 2_500, 10);
        FixtureNotebook first = machine.watch("first.ipynb", dying, 10);
        FixtureNotebook second = machine.watch("second.ipynb", machine.fork(1, 11, 1_000, 10), 11);
        machine.memory(3_900, 0);
        machine.tick();
        machine.tick();
        assertThat(first.kills).isEqualTo(1);
        assertThat(second.kills).isZero();

        machine.exit(dying);
        first.gone = true;
        first.state = ExecutionState.KILLED;
        machine.memory(1_300, 0);
        machine.tick();
        machine.tick();

        assertThat(second.kills).isZero();
        assertThat(machine.events(GuardEvent.KillConfirmed.class)).hasSize(1);
        assertThat(machine.events(GuardEvent.KillWithheld.class))
                .extracting(GuardEvent.KillWithheld::message)
                .anyMatch(text -> text.contains("a kill is under way"));
    }

    @Test
    void aLimitThatChangesLiveIsFollowedUpwardsAndDownwards() throws Exception {
        FixtureNotebook notebook = machine.watch("n.ipynb", machine.fork(1, 10, 3_700, 10), 10);
        machine.limit(8_192);
        machine.memory(3_900, 0);
        machine.tick();
        machine.tick();
        assertThat(notebook.kills).isZero();

        machine.limit(4_000);
        machine.tick();
        machine.tick();

        assertThat(notebook.kills).isEqualTo(1);
        assertThat(notebook.scenario.limit()).isEqualTo(ByteSize.ofMebibytes(4_000));
        assertThat(machine.events(GuardEvent.LimitChanged.class)).isNotEmpty();
    }

    @Test
    void aFileThatCanNoLongerBeReadDegradesItsFieldAndIsTold() throws Exception {
        machine.watch("n.ipynb", machine.fork(1, 10, 300, 10), 10);
        machine.memory(1_000, 200);
        machine.tick();
        assertThat(machine.events(GuardEvent.ReadingDegraded.class)).isEmpty();

        machine.truncate("memory.stat");
        machine.breakFile("memory.stat");
        machine.tick();
        machine.tick();

        assertThat(machine.events(GuardEvent.ReadingDegraded.class))
                .extracting(GuardEvent.ReadingDegraded::quantity)
                .contains("file cache");
        assertThat(machine.loop.snapshot().node().memoryWorkingSet()).isInstanceOf(Reading.Unavailable.class);
        assertThat(machine.loop.snapshot().node().memoryRaw().value()).contains(ByteSize.ofMebibytes(1_200));
        assertThat(machine.loop.snapshot().executions()).hasSize(1);
    }

    @Test
    void aPidThatNowBelongsToAnotherProcessIsNeitherCountedNorAMember() throws Exception {
        long root = machine.fork(1, 10, 500, 10);
        long child = machine.fork(root, 11, 700, 10);
        FixtureNotebook notebook = machine.watch("n.ipynb", root, 10);
        machine.memory(1_500, 0);
        machine.tick();
        assertThat(machine.loop.snapshot().executions().get(0).accounts().rss().value())
                .contains(ByteSize.ofMebibytes(1_200));

        // The child ends, and its id is given to another process of another parent and a later start.
        machine.process(child, 1, 99_999, 3_000, 10);
        machine.tick();
        machine.tick();

        assertThat(machine.loop.snapshot().executions().get(0).accounts().rss().value())
                .contains(ByteSize.ofMebibytes(500));
        assertThat(machine.loop.snapshot().executions().get(0).processes())
                .extracting(process -> process.pid())
                .containsExactly(root);
        assertThat(notebook.group().kill()).isEqualTo(1);
        assertThatThrownBy(() -> machine.watch("stale.ipynb", child, 11)).isInstanceOf(UnavailableException.class);
    }
}

package io.nbguard.cgroup.leaf;

import static io.nbguard.cgroup.leaf.GroupTree.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.cgroup.node.WatchedFile;
import io.nbguard.cgroup.process.Processes;
import io.nbguard.spi.PluginConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotebooksCgroupLimitTest {

    private static final String ENCLOSURE = "nbguard-notebooks";

    @TempDir
    Path root;

    private GroupTree tree;
    private NotebooksCgroupLimit limit;

    @BeforeEach
    void aNodeOf16GibOfWhichTheHostHolds1() {
        tree = new GroupTree(root).memory("", "17179869184", 1024, 0);
        tree.group(ENCLOSURE, "domain\n").memory(ENCLOSURE, "max", 0, 0);
        tree.group(ENCLOSURE + "/guard-1-1-1-0", "domain\n");
        limit = limit(-1);
    }

    private NotebooksCgroupLimit limit(long reserve) {
        CgroupLayout layout = tree.layout();
        NotebooksCgroup notebooksCgroup = new NotebooksCgroup(layout, Processes.of(PluginConfig.EMPTY), false);
        return new NotebooksCgroupLimit(
                layout, notebooksCgroup, new Reserve(reserve), root, new WatchedFile.Desk(System::nanoTime));
    }

    @AfterEach
    void close() {
        limit.close();
    }

    private long max() {
        return Long.parseLong(tree.get(ENCLOSURE, "memory.max"));
    }

    @Test
    void whatTheHostHoldsAndAMarginIsKeptFromTheNotebooks() {
        limit.look(true);

        assertThat(max()).isEqualTo((16 * 1024 - 1024 - 256) * MIB);
        assertThat(limit.inForceBytes()).isEqualTo(max());
    }

    @Test
    void pageCacheOfTheHostIsNotKeptFromThem() {
        tree.memory("", "17179869184", 1024 + 4000, 4000);

        limit.look(true);

        assertThat(max()).isEqualTo((16 * 1024 - 1024 - 256) * MIB);
    }

    @Test
    void aLimitThatIsLoweredOrRaisedLiveIsFollowed() {
        limit.look(true);

        tree.memory("", Long.toString(8 * 1024 * MIB), 1024, 0);
        limit.look(true);
        assertThat(max()).isEqualTo((8 * 1024 - 1024 - 128) * MIB);

        tree.memory("", "max", 1024, 0);
        limit.look(true);
        // The machine's own memory is the bound now: 64 GiB, of which 4 are held.
        assertThat(max()).isEqualTo((64 * 1024 - 4 * 1024 - 1024) * MIB);
    }

    @Test
    void aHostThatGrowsTakesFromTheNotebooksAndGivesItBack() {
        limit.look(true);

        tree.memory("", "17179869184", 3 * 1024, 0);
        limit.look(true);
        assertThat(max()).isEqualTo((16 * 1024 - 3 * 1024 - 256) * MIB);

        tree.memory("", "17179869184", 1024, 0);
        limit.look(true);
        assertThat(max()).isEqualTo((16 * 1024 - 1024 - 256) * MIB);
    }

    @Test
    void whatTheNotebooksThemselvesHoldIsNotTheHosts() {
        tree.memory("", "17179869184", 1024 + 5000, 0).memory(ENCLOSURE, "max", 5000, 0);

        limit.look(true);

        assertThat(max()).isEqualTo((16 * 1024 - 1024 - 256) * MIB);
    }

    @Test
    void smallChangesAreNotWritten() {
        limit.look(true);
        long before = max();

        tree.memory("", "17179869184", 1024 + 63, 0);
        limit.look(true);

        assertThat(max()).isEqualTo(before);
    }

    @Test
    void theBoundIsNeverSetBelowWhatTheNotebooksHold() {
        limit.look(true);
        tree.memory(ENCLOSURE, Long.toString(max()), 6000, 0);

        tree.memory("", Long.toString(4 * 1024 * MIB), 6000, 0);
        limit.look(true);

        assertThat(max()).isEqualTo(6004 * MIB);
    }

    @Test
    void aReserveThatWasAskedForIsKept() {
        limit.close();
        limit = limit(512 * MIB);

        limit.look(true);

        assertThat(max()).isEqualTo((16 * 1024 - 512) * MIB);
    }

    @Test
    void theTightestOfSeveralLimitsCounts() {
        tree.file("proc/self/cgroup", "0::/pod\n");
        tree.group("pod", "domain\n").memory("pod", Long.toString(2048 * MIB), 512, 0);
        tree.group("pod/" + ENCLOSURE, "domain\n").memory("pod/" + ENCLOSURE, "max", 0, 0);
        limit.close();
        limit = limit(-1);

        limit.look(true);

        assertThat(tree.get("pod/" + ENCLOSURE, "memory.max")).isEqualTo(Long.toString((2048 - 512 - 32) * MIB));
    }

    @Test
    void anotherGuardsLowerBoundIsNotRaisedWhileItIsThere() throws IOException {
        limit.look(true);
        tree.group(ENCLOSURE + "/guard-2-2-2-0", "domain\n");
        tree.set(ENCLOSURE, "memory.max", Long.toString(4096 * MIB));

        limit.look(true);
        assertThat(max()).isEqualTo(4096 * MIB);
        assertThat(limit.inForceBytes()).isEqualTo(4096 * MIB);

        for (String file : new String[] {"controllers", "subtree_control", "procs", "stat", "type"}) {
            Files.delete(tree.path(ENCLOSURE + "/guard-2-2-2-0").resolve("cgroup." + file));
        }
        Files.delete(tree.path(ENCLOSURE + "/guard-2-2-2-0"));
        limit.look(true);
        assertThat(max()).isEqualTo((16 * 1024 - 1024 - 256) * MIB);
    }

    @Test
    void aWatcherChangesNothing() {
        limit.look(false);

        assertThat(tree.get(ENCLOSURE, "memory.max")).isEqualTo("max");
        assertThat(limit.inForceBytes()).isEqualTo(-1);
    }

    @Test
    void anEnclosureThatHasGoneIsNoError() throws IOException {
        limit.look(true);
        for (String file : new String[] {"memory.max", "memory.current", "memory.stat"}) {
            Files.delete(tree.path(ENCLOSURE).resolve(file));
        }
        limit.close();

        limit.look(true);

        assertThat(limit.inForceBytes()).isEqualTo(-1);
        assertThat(tree.path(ENCLOSURE).resolve("memory.max")).doesNotExist();
    }
}

package io.nbguard.cgroup.leaf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.nbguard.spi.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code CgroupTierTest} has the reasons that a look at the mount and the controllers gives. */
class CgroupLayoutTest {

    private static final long SELF = ProcessHandle.current().pid();
    // Beyond the largest id that Linux gives out.
    private static final long PARENT = 4_194_304 + 9;
    private static final long CHILD = 4_194_304 + 11;
    private static final long UNRELATED = 4_194_304 + 20;

    @TempDir
    Path root;

    private GroupTree tree;

    @BeforeEach
    void aMachine() {
        tree = new GroupTree(root);
        process(SELF, PARENT);
        process(PARENT, 1);
        process(CHILD, SELF);
        process(UNRELATED, 1);
        process(UNRELATED + 1, UNRELATED);
    }

    private void process(long pid, long parent) {
        tree.file("proc/" + pid + "/stat", pid + " (a) b) c) S " + parent + " 1 1 0 -1\n");
    }

    /** A group of a machine whose whole hierarchy is mounted. */
    private void inScope(long... processes) {
        tree.file("proc/self/cgroup", "0::/scope\n");
        tree.group("scope", "domain\n")
                .set(
                        "scope",
                        "cgroup.procs",
                        LongStream.of(processes).mapToObj(pid -> pid + "\n").collect(Collectors.joining()));
    }

    private UnavailableException refusal(boolean asked) {
        UnavailableException refusal =
                catchThrowableOfType(UnavailableException.class, () -> CgroupLayout.find(root, asked));
        assertThat(refusal).isNotNull();
        return refusal;
    }

    @Test
    void theRootOfANamespaceIsAContainer() throws UnavailableException {
        tree.set("", "cgroup.procs", "1\n" + UNRELATED + "\n");

        CgroupLayout layout = CgroupLayout.find(root, false);

        assertThat(layout.kind()).isEqualTo(CgroupLayout.Kind.CONTAINER);
        assertThat(layout.base()).isEqualTo(tree.path(""));
        assertThat(layout.mustMove()).isTrue();
    }

    @Test
    void theRootOfTheMachineHasNoTypeAndNoProcessNeedsToMove() throws UnavailableException, IOException {
        Files.delete(tree.path("").resolve("cgroup.type"));

        CgroupLayout layout = CgroupLayout.find(root, false);

        assertThat(layout.kind()).isEqualTo(CgroupLayout.Kind.MACHINE);
        assertThat(layout.mustMove()).isFalse();
    }

    @Test
    void whoIsInTheHostsLeafSharesTheBaseAboveIt() throws UnavailableException {
        tree.file("proc/self/cgroup", "0::/nbguard-host\n");
        tree.group("nbguard-host", "domain\n");

        CgroupLayout layout = CgroupLayout.find(root, false);

        assertThat(layout.kind()).isEqualTo(CgroupLayout.Kind.DIVIDED);
        assertThat(layout.base()).isEqualTo(tree.path(""));
        assertThat(layout.host()).isEqualTo(tree.path("nbguard-host"));
    }

    @Test
    void aGuardInsideANotebookIsToldThatItIsConfinedAlready() {
        tree.file("proc/self/cgroup", "0::/nbguard-notebooks/guard-1-2-3-0/k3x9m2pq\n");
        tree.group("nbguard-notebooks/guard-1-2-3-0/k3x9m2pq", "domain\n");

        assertThat(refusal(true)).hasMessageContaining("itself part of a notebook");
    }

    @Test
    void processesOfAnotherPidNamespaceCannotBeMoved() {
        tree.set("", "cgroup.procs", "0\n0\n1\n");

        UnavailableException refusal = refusal(true);

        assertThat(refusal).hasMessageContaining("2 processes").hasMessageContaining("another PID namespace");
        assertThat(refusal.cure()).isNotEmpty();
    }

    @Test
    void processesOfOthersAreCountedAndNotMoved() throws UnavailableException {
        inScope(SELF, UNRELATED, UNRELATED + 1);

        UnavailableException refusal = refusal(true);

        assertThat(refusal).hasMessageContaining("holds 2 processes that are not nbguard's to move");
        assertThat(refusal.cure()).contains("systemd-run --scope -p Delegate=yes");
    }

    @Test
    void aGroupWithoutOtherProcessesMayBeDivided() throws UnavailableException {
        inScope(SELF, PARENT, CHILD);

        assertThat(CgroupLayout.find(root, false).kind()).isEqualTo(CgroupLayout.Kind.OWN);
    }

    @Test
    void whatSystemdManagesAndDidNotGiveAwayIsLeftToItUnlessTheUserInsists() throws UnavailableException, IOException {
        inScope(SELF, PARENT, CHILD);
        Files.createDirectories(root.resolve("run/systemd/system"));

        assertThat(refusal(false)).hasMessageContaining("was not delegated");
        assertThat(CgroupLayout.find(root, true).kind()).isEqualTo(CgroupLayout.Kind.OWN);
    }
}

package io.nbguard.benchmarks.rig;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class RigTest {

    @TempDir
    Path kept;

    @Test
    void aTreeHasTheShapeOfPapermill() throws IOException {
        try (Workshop workshop = new Workshop(kept);
                Rig rig = Rig.start(workshop, 2, 3)) {
            assertThat(rig.trees()).hasSize(2);
            for (Tree tree : rig.trees()) {
                List<Long> pids = tree.pids();
                assertThat(pids).hasSize(5).doesNotHaveDuplicates();
                assertThat(parent(pids.get(1))).isEqualTo(tree.root());
                assertThat(pids.subList(2, 5))
                        .allSatisfy(worker -> assertThat(parent(worker)).isEqualTo(pids.get(1)));
                assertThat(pids)
                        .allSatisfy(pid -> assertThat(residentBytes(pid, rig)).isGreaterThan(3L << 20));
            }
        }
    }

    @Test
    void othersAreAsManyAsWanted() throws IOException {
        try (Workshop workshop = new Workshop(kept);
                Rig rig = Rig.start(workshop, 1, 1)) {
            ProcessHandle self = parentHandle(rig.trees().get(0).root());
            rig.others(70);
            assertThat(self.descendants()).hasSize(5 + 70);
            rig.others(20);
            assertThat(self.descendants()).hasSize(5 + 20);
            rig.others(0);
            assertThat(self.descendants()).hasSize(5);
        }
    }

    @Test
    void theForkerMovesTheLastProcessIdOn() throws Exception {
        try (Workshop workshop = new Workshop(kept);
                Rig rig = Rig.start(workshop, 1, 1)) {
            rig.forks(200);
            ProcessHandle self = parentHandle(rig.trees().get(0).root());
            long before = self.descendants().mapToLong(ProcessHandle::pid).max().orElseThrow();
            while (self.descendants().allMatch(process -> process.pid() <= before)) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
            rig.forks(0);
            assertThat(self.descendants()).hasSize(5);
        }
    }

    @Test
    void nothingIsLeftWhenItIsClosed() throws IOException {
        List<ProcessHandle> all;
        try (Workshop workshop = new Workshop(kept);
                Rig rig = Rig.start(workshop, 2, 1)) {
            rig.others(30);
            ProcessHandle self = parentHandle(rig.trees().get(0).root());
            all = self.descendants().toList();
            assertThat(all).hasSize(2 * 5 + 30);
        }
        assertThat(all).noneMatch(ProcessHandle::isAlive);
    }

    @Test
    void nothingIsLeftWhenItIsKilled() throws Exception {
        try (Workshop workshop = new Workshop(kept);
                Rig rig = Rig.start(workshop, 2, 1)) {
            rig.others(30);
            ProcessHandle self = parentHandle(rig.trees().get(0).root());
            List<ProcessHandle> all = self.descendants().toList();
            assertThat(self.destroyForcibly()).isTrue();
            while (!all.stream().allMatch(RigTest::isDead)) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
        }
    }

    /** Dead, or a zombie that the machine's init has not reaped yet. */
    private static boolean isDead(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) == 'Z';
        } catch (IOException e) {
            return true;
        }
    }

    private static ProcessHandle parentHandle(long pid) {
        return ProcessHandle.of(pid).flatMap(ProcessHandle::parent).orElseThrow();
    }

    private static long parent(long pid) {
        return parentHandle(pid).pid();
    }

    private static long residentBytes(long pid, Rig rig) throws IOException {
        return Long.parseLong(
                        Files.readString(Path.of("/proc/" + pid + "/statm")).split(" ")[1])
                * rig.pageBytes();
    }
}

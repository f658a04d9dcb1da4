package io.nbguard.cgroup.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.spi.PluginConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidCursorTest {

    @TempDir
    Path folder;

    private PidCursor cursor(ProcTree tree) {
        return PidCursor.open(Machine.of(tree.root, PluginConfig.EMPTY));
    }

    @Test
    void tellsWhichIdsWereGivenOutOnTheWay() {
        assertThat(PidCursor.passed(11, 10, 12)).isTrue();
        assertThat(PidCursor.passed(12, 10, 12)).isTrue();
        assertThat(PidCursor.passed(10, 10, 12)).isFalse();
        assertThat(PidCursor.passed(13, 10, 12)).isFalse();
        assertThat(PidCursor.passed(10, 10, 10)).isFalse();
        assertThat(PidCursor.passed(32767, 32000, 400)).isTrue();
        assertThat(PidCursor.passed(350, 32000, 400)).isTrue();
        assertThat(PidCursor.passed(401, 32000, 400)).isFalse();
        assertThat(PidCursor.passed(32000, 32000, 400)).isFalse();
    }

    @Test
    void listsIdsInTheOrderTheyWereGivenOut() throws Exception {
        ProcTree tree = new ProcTree(folder);
        tree.pidMax(1000);
        PidCursor cursor = cursor(tree);
        long[] ids = new long[10];

        assertThat(cursor.range(10, 13, ids, 10)).isEqualTo(3);
        assertThat(Arrays.copyOf(ids, 3)).containsExactly(11, 12, 13);
        assertThat(cursor.range(997, 301, ids, 10)).isEqualTo(4);
        assertThat(Arrays.copyOf(ids, 4)).containsExactly(998, 999, 300, 301);
        cursor.close();
    }

    @Test
    void saysWhenThereAreTooManyOrItCannotBeTold() throws Exception {
        ProcTree tree = new ProcTree(folder);
        tree.pidMax(1000);
        PidCursor cursor = cursor(tree);
        long[] ids = new long[10];

        assertThat(cursor.range(10, 20, ids, 10)).isEqualTo(10);
        assertThat(cursor.range(10, 21, ids, 10)).isEqualTo(-1);
        assertThat(cursor.range(990, 320, ids, 10)).isEqualTo(-1);
        assertThat(cursor.range(990, 20, ids, 10)).isEqualTo(-1);
        assertThat(cursor.range(1200, 301, ids, 10)).isEqualTo(-1);
        Files.delete(folder.resolve("sys/kernel/pid_max"));
        assertThat(cursor.range(997, 301, ids, 10)).isEqualTo(-1);
        cursor.close();
    }

    @Test
    void readsWhatTheFileSaysNow() throws Exception {
        ProcTree tree = new ProcTree(folder);
        tree.lastPid(12);
        PidCursor cursor = cursor(tree);

        assertThat(cursor.read()).isEqualTo(12);
        tree.lastPid(4194303);
        assertThat(cursor.read()).isEqualTo(4194303);
        Files.writeString(folder.resolve("loadavg"), "0.00 0.00 0.00 1/2 x\n");
        assertThat(cursor.read()).isEqualTo(-1);
        Files.writeString(folder.resolve("loadavg"), "");
        assertThat(cursor.read()).isEqualTo(-1);
        cursor.close();
    }

    @Test
    void anInterruptedThreadReadsAllTheSame() throws Exception {
        PidCursor cursor = cursor(new ProcTree(folder));

        Thread.currentThread().interrupt();
        long read = cursor.read();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(read).isEqualTo(400);
        cursor.close();
    }

    @Test
    void thisMachinesCursorIsTrustedOnlyIfItSeesANewThread() throws Exception {
        Machine machine = Machine.of(Path.of("/proc"), PluginConfig.EMPTY);
        PidCursor cursor = PidCursor.open(machine);
        assertThat(cursor).isNotNull();
        long before = cursor.read();
        new ProcessBuilder("true").start().waitFor();
        assertThat(cursor.read()).isNotEqualTo(before);
        cursor.close();

        // As lxcfs would have it: a file that tells something else.
        ProcTree tree = new ProcTree(folder);
        Files.createSymbolicLink(folder.resolve("thread-self"), Path.of("1/task/12345"));
        Machine faked = new Machine(
                tree.root,
                true,
                machine.calls(),
                machine.priority(),
                4096,
                10_000_000,
                new java.util.concurrent.ConcurrentLinkedQueue<>());
        assertThat(PidCursor.open(faked)).isNull();
    }
}

package io.nbguard.cgroup.process;

import static io.nbguard.cgroup.process.Tracked.PLAIN;
import static io.nbguard.cgroup.process.Tracked.line;
import static io.nbguard.cgroup.process.Tracked.release;
import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.process.ProcessGroup;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Memory that members hold by open files, and map not. */
class OpenMemoryTest {

    private static final long MIB = 1 << 20;
    private static final long LONG = 10_000_000_000L;

    private Tracked tracked;
    private ProcessGroup group;

    @BeforeEach
    void open() throws Exception {
        tracked = new Tracked(PluginConfig.EMPTY);
        group = tracked.group();
    }

    @AfterEach
    void close() throws Exception {
        tracked.close();
    }

    @Test
    void whatIsWrittenToFilesInMemoryCountsOnceAndOnlyWhatIsThere() throws Exception {
        Process root = tracked.python(group, PLAIN + """
                        import mmap
                        def fill(file, mebibytes):
                            for i in range(mebibytes): os.write(file, b'x' * (1 << 20))
                        memory = os.memfd_create('hoard')
                        fill(memory, 48)
                        sparse = os.memfd_create('sparse')
                        os.ftruncate(sparse, 1 << 40)
                        child = os.fork()
                        if child == 0: time.sleep(1000)
                        say('unmapped')
                        sys.stdin.readline()
                        window = mmap.mmap(memory, 48 << 20)
                        sum(window[at] for at in range(0, 48 << 20, 4096))
                        say('mapped')
                        time.sleep(1000)
                        """);
        assertThat(line(root)).isEqualTo("unmapped");
        tracked.until("two members", () -> group.usage().count() == 2);

        assertThat(group.measureUnmapped(LONG)).isBetween(48 * MIB, 49 * MIB);
        assertThat(group.usage().totalRssBytes()).as("RSS shows nothing of it").isLessThan(40 * MIB);
        assertThat(group.measureUnmapped(0)).as("without time").isZero();

        release(root);
        assertThat(line(root)).isEqualTo("mapped");
        assertThat(group.measureUnmapped(LONG)).as("in RSS now").isLessThan(MIB);
    }

    @Test
    void aDeletedFileOnTmpfsThatIsOpenCountsToo() throws Exception {
        Process root = tracked.python(group, PLAIN + """
                        import tempfile
                        with tempfile.TemporaryFile(dir='/dev/shm') as file:
                            for i in range(16): os.write(file.fileno(), b'x' * (1 << 20))
                            say('written')
                            time.sleep(1000)
                        """);
        assertThat(line(root)).isEqualTo("written");
        tracked.until("it is known", () -> group.usage().count() == 1);

        assertThat(group.measureUnmapped(LONG)).isBetween(16 * MIB, 17 * MIB);
    }

    @Test
    void anOrdinaryProcessHoldsNone() throws Exception {
        Process root = tracked.python(group, PLAIN + "say('here')\ntime.sleep(1000)");
        assertThat(line(root)).isEqualTo("here");
        tracked.until("it is known", () -> group.usage().count() == 1);

        assertThat(group.measureUnmapped(LONG)).isZero();
    }
}

package io.nbguard.cgroup.process;

import static io.nbguard.cgroup.process.Tracked.PLAIN;
import static io.nbguard.cgroup.process.Tracked.line;
import static io.nbguard.cgroup.process.Tracked.release;
import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.process.ProcessGroup;
import io.nbguard.spi.process.ProcessIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whom the kernel's OOM killer would take, and takes. */
class OomScoreTest {

    private static final long MIB = 1 << 20;

    /** A supervisor with a child that holds 64 MiB; tells how the child ended. */
    private static final String NOTEBOOK = PLAIN + """
            child = os.fork()
            if child == 0:
                block = bytearray(b'x') * (64 << 20)
                say(os.getpid())
                time.sleep(1000)
            pid, status = os.waitpid(child, 0)
            say('ended by', os.WTERMSIG(status))
            time.sleep(1000)
            """;

    private Tracked tracked;

    @BeforeEach
    void open() throws Exception {
        tracked = new Tracked(PluginConfig.EMPTY);
    }

    @AfterEach
    void close() throws Exception {
        tracked.close();
    }

    private static int adjustmentOf(long pid) throws Exception {
        return Integer.parseInt(Files.readString(Path.of("/proc", Long.toString(pid), "oom_score_adj"))
                .strip());
    }

    @Test
    void whatIsStartedIsTheFirstChoiceAndSoIsWhatItForks() throws Exception {
        Process root = tracked.python(tracked.group(), NOTEBOOK);
        long child = Long.parseLong(line(root));

        assertThat(adjustmentOf(root.pid())).isEqualTo(1000);
        assertThat(adjustmentOf(child)).isEqualTo(1000);
        assertThat(adjustmentOf(ProcessHandle.current().pid())).isLessThan(1000);
    }

    @Test
    void processesOfOthersKeepTheirScore() throws Exception {
        Process root = tracked.unrelated("sleep", "1000");
        int before = adjustmentOf(root.pid());

        tracked.attach(new ProcessIdentity(root.pid(), Tracked.field(root.pid(), 22)));
        tracked.tick();

        assertThat(adjustmentOf(root.pid())).isEqualTo(before).isLessThan(1000);
    }

    @Test
    void theKernelTakesTheNotebookAndNotTheMuchLargerHostThatAskedForTooMuch() throws Exception {
        try (MemoryGroup limited = MemoryGroup.limitedTo(400 * MIB)) {
            ProcessGroup group = tracked.group();
            Process notebook = tracked.start(group, limited.joinedBy("python3", "-c", NOTEBOOK));
            long child = Long.parseLong(line(notebook));
            Process host = tracked.unrelated(limited.joinedBy("python3", "-c", PLAIN + """
                    first = bytearray(b'x') * (280 << 20)
                    say('large')
                    sys.stdin.readline()
                    second = bytearray(b'x') * (64 << 20)
                    say('larger')
                    time.sleep(1000)
                    """));
            assertThat(line(host)).isEqualTo("large");
            release(host);

            assertThat(line(notebook)).isEqualTo("ended by 9");
            assertThat(line(host)).isEqualTo("larger");
            assertThat(Tracked.lives(child)).isFalse();
            // Small as it is, the supervisor is not taken before what it watches over.
            assertThat(notebook.isAlive()).isTrue();
        }
    }
}

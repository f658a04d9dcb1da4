package io.nbguard.examples.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.guest.ControlGroup;
import io.nbguard.papermill.PythonEnvironments;
import io.nbguard.spi.PluginConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The kernel's OOM killer at work, in a real limit and with a watchdog that only looks on: who was taken, and who was not. */
@Tag("slow")
@Timeout(300)
class KernelOomKillTest {

    private static final long LIMIT = 1L << 30;

    private static final String PREPARE = """
            import footprint, os, time
            footprint.leave('%s.process')
            """;

    /** The bound saves the machine if it is not ended. */
    private static final String FILL = """
            footprint.await_files('go')
            blocks = []
            while len(blocks) < 200: blocks.append(bytearray(16 << 20))
            """;

    private static final String STAY = "footprint.await_files('hog-is-gone')";

    @TempDir
    Path folder;

    private Ground ground;

    @BeforeAll
    static void makeTheEnvironmentOutsideOfAnyLimit() throws InterruptedException {
        PythonEnvironments.prepare(PluginConfig.EMPTY, line -> {});
    }

    @BeforeEach
    void makeNotebooks() {
        ground = new Ground(folder);
    }

    private HostProcess host(ControlGroup group, String... notebooks) throws Exception {
        return HostProcess.start(
                ground,
                Files.createDirectories(folder.resolve("tmp")),
                group::joinedBy,
                List.of(HostProgram.DRY_RUN),
                notebooks);
    }

    private static ControlGroup limited() {
        ControlGroup group = ControlGroup.create("memory");
        group.write("memory.limit_in_bytes", LIMIT);
        return group;
    }

    private void write(String name, String... cells) {
        List<String> all = new java.util.ArrayList<>(List.of(PREPARE.formatted(name)));
        all.addAll(List.of(cells));
        ground.write(name + ".ipynb", all.toArray(String[]::new));
    }

    private static long taken(ControlGroup group) {
        return group.read("memory.oom_control", "oom_kill");
    }

    @Test
    void theExecutionThatTheKernelKilledIsNamedAndNoOther() throws Exception {
        write("hog", FILL);
        write("quitter", "footprint.await_files('go')", "os._exit(1)");
        write("victim", STAY);
        write("calm", STAY);
        try (ControlGroup group = limited();
                HostProcess host = host(group, "hog.ipynb", "quitter.ipynb", "victim.ipynb", "calm.ipynb")) {
            for (String name : List.of("hog", "quitter", "victim", "calm")) {
                ground.awaitFootprint(name);
            }

            ground.signal("go");

            HostReport hog = host.awaitEnd("hog.ipynb");
            assertThat(taken(group)).as(host::told).isEqualTo(1);
            assertThat(hog.reason()).as(host::told).isEqualTo("KERNEL_OOM");
            assertThat(hog.state()).isEqualTo("KILLED");
            assertThat(hog.message())
                    .startsWith("The kernel's OOM killer took one of its processes: the node, or the machine, ran"
                            + " out of memory (oom_kill in cgroup1 ");
            assertThat(host.awaitEnd("quitter.ipynb").reason()).as(host::told).isEqualTo("KERNEL_DIED");

            Footprint victim = ground.awaitFootprint("victim");
            ProcessHandle.of(victim.pid()).orElseThrow().destroyForcibly();
            assertThat(host.awaitEnd("victim.ipynb").reason()).as(host::told).isEqualTo("KERNEL_DIED");
            ground.signal("hog-is-gone");
            host.awaitExit();

            assertThat(host.awaitEnd("calm.ipynb").state()).as(host::told).isEqualTo("COMPLETED");
            assertThat(host.told().lines().filter(line -> line.startsWith("event KernelOomKill: ")))
                    .singleElement()
                    .asString()
                    .contains("took a process of hog.ipynb [");
            assertThat(Ground.living(folder.toString())).as("processes alive").isEmpty();
        }
    }

    @Test
    void aNotebookWhoseWorkerWasTakenHasFailedAndSaysSo() throws Exception {
        ground.write("pool.ipynb", PREPARE.formatted("pool"), """
                from concurrent.futures import ProcessPoolExecutor
                def fill():
                    blocks = []
                    while len(blocks) < 200: blocks.append(bytearray(16 << 20))
                footprint.await_files('go')
                """, """
                with ProcessPoolExecutor(1) as pool: pool.submit(fill).result()
                """);
        try (ControlGroup group = limited();
                HostProcess host = host(group, "pool.ipynb")) {
            ground.awaitFootprint("pool");
            ground.signal("go");

            host.awaitExit();

            HostReport pool = host.awaitEnd("pool.ipynb");
            assertThat(taken(group)).as(host::told).isEqualTo(1);
            assertThat(pool.reason()).as(host::told).isEqualTo("CELL_ERROR");
            assertThat(pool.message())
                    .contains("BrokenProcessPool")
                    .contains("; the kernel's OOM killer took one of its processes while it ran: ");
            assertThat(host.told()).contains("event KernelOomKill: ");
        }
    }
}

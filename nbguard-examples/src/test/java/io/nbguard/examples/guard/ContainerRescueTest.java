package io.nbguard.examples.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.guest.Box;
import io.nbguard.guest.GuestTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A host with everything as it is by default, and real papermill, in containers on a cgroup v2 kernel. */
@Tag("slow")
@GuestTest
@Timeout(600)
class ContainerRescueTest {

    private static final long MIB = 1 << 20;

    private static final String CALM = """
            import os, time
            block = bytearray(40 << 20)
            open('calm', 'w').close()
            while not os.path.exists('hog-is-gone'): time.sleep(0.05)
            print('calm', 'to the end')
            """;

    /** The bound saves the guest if it is not ended. */
    private static final String HOG = """
            import os, time
            while not os.path.exists('calm'): time.sleep(0.05)
            blocks = []
            while len(blocks) < 100:
                blocks.append(bytearray(16 << 20))
                time.sleep(0.02)
            time.sleep(900)
            """;

    @TempDir
    Path folder;

    private Ground ground;
    private Box box;

    @BeforeEach
    void makeNotebooks() {
        ground = new Ground(folder);
        box = Box.limitedTo(768 * MIB);
    }

    @AfterEach
    void removeTheBox() {
        box.close();
    }

    private HostProcess host(UnaryOperator<List<String>> place, String... notebooks) throws Exception {
        return HostProcess.start(ground, Files.createDirectories(folder.resolve("tmp")), place, notebooks);
    }

    private void assertNothingIsLeft() {
        assertThat(Ground.living(folder.toString())).as("processes alive").isEmpty();
        assertThat(Ground.files(ground.outputs())).as("outputs").allMatch(file -> file.toString()
                .endsWith(".ipynb"));
        assertThat(Ground.files(folder.resolve("tmp"))).as("temporary files").isEmpty();
    }

    @Test
    void aNotebookCompletesInAContainerThatMayWriteItsCgroups() throws Exception {
        ground.write("sum.ipynb", "total = sum(range(1000))", "print(total)");
        try (HostProcess host = host(box::containing, "sum.ipynb")) {

            host.awaitExit();

            assertThat(host.awaitEnd("sum.ipynb").state()).as(host::told).isEqualTo("COMPLETED");
            assertThat(Ground.files(ground.outputs()))
                    .singleElement()
                    .satisfies(output -> assertThat(output).content().contains("499500"));
            assertThat(box.oomKills()).isZero();
            assertNothingIsLeft();
        }
    }

    @Test
    void theHogIsEndedInAnOrdinaryContainerBeforeTheKernelMustAndTheOtherCompletes() throws Exception {
        ground.write("calm.ipynb", CALM);
        ground.write("hog.ipynb", HOG);
        try (HostProcess host = host(box::containingReadOnly, "calm.ipynb", "hog.ipynb")) {

            HostReport hog = host.awaitEnd("hog.ipynb");
            ground.signal("hog-is-gone");
            host.awaitExit();

            assertThat(hog.state()).as(host::told).isEqualTo("KILLED");
            assertThat(hog.reason()).isEqualTo("WATCHDOG_MEMORY");
            assertThat(hog.cause()).isEqualTo("NODE_LIMIT");
            assertThat(host.awaitEnd("calm.ipynb").state()).as(host::told).isEqualTo("COMPLETED");
            assertThat(box.oomKills()).isZero();
            assertNothingIsLeft();
            Ground.figure("container", "peak " + box.number("memory.peak") / MIB + " MiB of 768 MiB");
        }
    }
}

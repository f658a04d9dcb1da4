package io.nbguard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.guest.ControlGroup;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code nbguard demo}: the main job, on real notebooks, in a pipe. */
@Tag("slow")
class DemoTest {

    private static final long LIMIT = 3L << 30;

    @TempDir
    Path folder;

    @Test
    void theHogIsEndedTheOthersCompleteAndEveryOutputIsKept() throws Exception {
        NbguardProcess.Ended demo = NbguardProcess.run(folder, "demo", "-o", "shown");

        assertThat(demo.exitCode()).as(demo.out() + demo.err()).isZero();
        assertThat(demo.err()).isEmpty();
        assertThat(demo.out())
                .doesNotContain("\u001b", "\r")
                .startsWith("nbguard demo\n")
                .containsOnlyOnce("OOM Prevention: Terminated hog.ipynb")
                .contains("The watchdog ended hog.ipynb in time");
        for (String name : List.of("primes", "heat", "words", "sales", "workers")) {
            assertThat(demo.out()).containsPattern(name + "\\.ipynb +completed +\\d");
            assertThat(folder.resolve("shown/outputs/" + name + ".ipynb")).isNotEmptyFile();
        }
        assertThat(demo.out())
                .containsPattern("hog\\.ipynb +ended by watchdog")
                .contains("1,270,607 primes up to 20,000,000")
                .contains("500,000 orders worth");
        assertThat(folder.resolve("shown/outputs/hog.ipynb")).isNotEmptyFile();
        assertThat(folder.resolve("shown/notebooks/sales_report.csv"))
                .content()
                .startsWith("region,month,orders,amount")
                .hasLineCount(49);
    }

    @Test
    void withinARealMemoryLimitTheKernelKillsNoProcess() throws Exception {
        try (ControlGroup group = ControlGroup.create("memory")) {
            group.write("memory.limit_in_bytes", LIMIT);

            NbguardProcess.Ended demo = NbguardProcess.runIn(group::joinedBy, folder, "demo", "-o", "shown");

            assertThat(demo.exitCode()).as(demo.out() + demo.err()).isZero();
            assertThat(demo.out()).containsOnlyOnce("OOM Prevention: Terminated hog.ipynb");
            assertThat(group.read("memory.oom_control", "oom_kill")).isZero();
            assertThat(group.read("memory.max_usage_in_bytes")).isLessThanOrEqualTo(LIMIT);
        }
    }
}

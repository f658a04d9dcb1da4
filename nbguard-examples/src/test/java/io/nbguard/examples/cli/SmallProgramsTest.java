package io.nbguard.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.examples.CustomKillPolicyMain;
import io.nbguard.examples.EmbedMain;
import io.nbguard.examples.ScheduleMain;
import io.nbguard.examples.SnapshotMain;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The small programs that show how nbguard is embedded, run as their readers would run them. */
class SmallProgramsTest {

    @TempDir
    Path folder;

    private NbguardProcess.Ended run(Class<?> program, String... arguments) throws Exception {
        try (NbguardProcess process = NbguardProcess.start(program, folder, Map.of(), arguments)) {
            return process.ended();
        }
    }

    @Test
    void theEmbeddingExampleRunsANotebookAndTellsItsEvents() throws Exception {
        TestNotebook.write(folder.resolve("report.ipynb"), "year = 0", "assert year == 2026");

        NbguardProcess.Ended ended = run(EmbedMain.class, folder.toString(), "report.ipynb");

        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(ended.out()).contains("] RUNNING", "] COMPLETED", "COMPLETED, peak memory");
        assertThat(folder.resolve("runs")).isNotEmptyDirectory();
    }

    @Test
    void theSnapshotExamplePrintsWhatANotebookUses() throws Exception {
        TestNotebook.write(folder.resolve("sleeper.ipynb"), "import time", "time.sleep(3)");

        NbguardProcess.Ended ended = run(SnapshotMain.class, folder.toString(), "sleeper.ipynb");

        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(ended.out())
                .containsPattern("container: \\S+ [MG]iB of ")
                .containsPattern("sleeper\\.ipynb: cells \\d/2, \\S+ MiB, ");
    }

    @Test
    void theScheduleExampleRunsANotebookAgainAndAgain() throws Exception {
        TestNotebook.write(folder.resolve("report.ipynb"), "year = 0", "assert year == 2026");

        NbguardProcess.Ended ended = run(ScheduleMain.class, folder.toString(), "report.ipynb");

        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(ended.out())
                .containsPattern("T02:30\\+0[12]:00\\[Europe/Berlin]")
                .contains("schedule often (report.ipynb) added, next ")
                .containsPattern("schedule often: report.ipynb due \\S+: started \\[")
                .contains("] COMPLETED")
                .containsPattern("(?m)^due \\S+: started \\[")
                .doesNotContain("FAILED");
    }

    @Test
    void theKillPolicyOfAThirdPartyDecidesWhoGoes() throws Exception {
        TestNotebook.write(folder.resolve("nearly.ipynb"), "1", "2", "3", """
                import os, time
                held = b'x' * (300 << 20)
                open('nearly-holds', 'w').close()
                while not os.path.exists('early-is'): time.sleep(0.05)
                while os.path.exists('/proc/' + open('early-is').read()): time.sleep(0.05)""");
        TestNotebook.write(folder.resolve("early.ipynb"), """
                import os, time
                while not os.path.exists('nearly-holds'): time.sleep(0.05)
                with open('early', 'w') as file: file.write(str(os.getpid()))
                os.rename('early', 'early-is')
                held = b'x' * (200 << 20)
                time.sleep(600)""", "2", "3", "4", "5");

        NbguardProcess.Ended ended =
                run(CustomKillPolicyMain.class, folder.toString(), "600m", "nearly.ipynb", "early.ipynb");

        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(ended.out())
                .contains("OOM Prevention: Terminated early.ipynb", "spare-the-nearly-done", "nearly.ipynb COMPLETED")
                .contains("early.ipynb KILLED");
    }
}

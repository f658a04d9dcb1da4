package io.nbguard.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.examples.guard.Notebook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The small programs that show how nbguard is embedded, run as their readers would run them. */
@Tag("slow")
class SmallProgramsTest {

    @TempDir
    Path folder;

    /** How a program ended. */
    private record Ended(int exitCode, String out, String err) {}

    private Ended run(Class<?> program, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(List.of(arguments));
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            assertThat(process.waitFor(4, TimeUnit.MINUTES))
                    .as("%s ends", program)
                    .isTrue();
        } finally {
            // Asked first, so that a test that fails leaves no notebook behind.
            process.destroy();
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
        return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    @Test
    void theEmbeddingExampleRunsANotebookAndTellsItsEvents() throws Exception {
        Notebook.of("assert year == 2026").write(folder.resolve("report.ipynb"));

        Ended ended = run(EmbedMain.class, folder.toString(), "report.ipynb");

        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(ended.out()).contains("] RUNNING", "] COMPLETED", "COMPLETED, peak memory");
        assertThat(folder.resolve("runs")).isNotEmptyDirectory();
    }

    @Test
    void theSnapshotExamplePrintsWhatANotebookUses() throws Exception {
        Notebook.of("import time", "time.sleep(3)").write(folder.resolve("sleeper.ipynb"));

        Ended ended = run(SnapshotMain.class, folder.toString(), "sleeper.ipynb");

        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(ended.out())
                .containsPattern("node: \\S+ [MG]iB of ")
                .containsPattern("sleeper\\.ipynb: cells \\d/2, \\S+ MiB, ");
    }

    @Test
    void theScheduleExampleRunsANotebookAgainAndAgain() throws Exception {
        Notebook.of("assert year == 2026").write(folder.resolve("report.ipynb"));

        Ended ended = run(ScheduleMain.class, folder.toString(), "report.ipynb");

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
        Notebook.of("1", "2", "3", """
                import os, time
                held = b'x' * (300 << 20)
                open('nearly-holds', 'w').close()
                while not os.path.exists('early-is'): time.sleep(0.05)
                while os.path.exists('/proc/' + open('early-is').read()): time.sleep(0.05)""").write(folder.resolve("nearly.ipynb"));
        Notebook.of("""
                import os, time
                while not os.path.exists('nearly-holds'): time.sleep(0.05)
                with open('early', 'w') as file: file.write(str(os.getpid()))
                os.rename('early', 'early-is')
                held = b'x' * (200 << 20)
                time.sleep(600)""", "2", "3", "4", "5").write(folder.resolve("early.ipynb"));

        Ended ended = run(CustomKillPolicyMain.class, folder.toString(), "600m", "nearly.ipynb", "early.ipynb");

        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(ended.out())
                .contains("OOM Prevention: Terminated early.ipynb", "spare-the-nearly-done", "nearly.ipynb COMPLETED")
                .contains("early.ipynb KILLED");
    }
}

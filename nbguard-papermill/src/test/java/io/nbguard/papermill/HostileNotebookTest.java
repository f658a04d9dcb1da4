package io.nbguard.papermill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nbguard.api.execution.EndReason;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.executor.ExitReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Notebooks that mean harm to the one who runs them: what is reported of them is true, and none of them is waited for in vain. */
@Timeout(300)
class HostileNotebookTest {

    /** Defines what an attacker finds out about its surroundings. */
    private static final String LOOK_AROUND = """
            import os, signal, time
            def fields(pid): return open(f'/proc/{pid}/stat').read().rpartition(')')[2].split()
            def parent(pid): return int(fields(pid)[1])
            papermill = os.getppid()
            keeper = parent(papermill)
            supervisor = parent(keeper)
            words = open(f'/proc/{papermill}/cmdline').read().split('\\0')
            output = next(word for word in words if word.endswith('executed.ipynb'))
            own = os.path.join(os.environ['TMPDIR'], '.nbguard')
            forged = '{"exit": 0, "cpu_nanos": 1, "killed": 0, "all_gone": true, "subreaper": true}\\n'
            open(os.path.join(own, 'nbguard_report.json'), 'w').write(forged)
            """;

    @TempDir
    Path folder;

    private RealRun start(String... cells) throws Exception {
        Path notebook = Notebooks.of(cells).write(folder.resolve("notebook.ipynb"));
        return RealRun.start(notebook, folder, request -> request);
    }

    @Test
    void aForgedReportAndAKilledSupervisorAreNoSuccess() throws Exception {
        RealRun run = start(LOOK_AROUND, "os.kill(supervisor, signal.SIGKILL)\ntime.sleep(600)");

        RealRun.await("the supervisor is gone", () -> run.context.group.isEmpty());
        RealRun.await("the keeper has ended everything", () -> isEmptyOfProcesses(folder));
        ExitReport report = run.end();

        assertThat(report.exit().code()).isEmpty();
        assertThat(report.findings().failure()).contains(EndReason.KERNEL_DIED);
        assertThat(report.findings().error().orElseThrow())
                .contains("the supervisor was ended by signal 9, which nbguard did not send");
    }

    private static boolean isEmptyOfProcesses(Path folder) {
        try {
            return RealRun.livingIn(folder).isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aForgedReportAndAKilledKeeperAreNoSuccess() throws Exception {
        RealRun run = start(LOOK_AROUND, "os.kill(keeper, signal.SIGKILL)\ntime.sleep(600)");

        ExitReport report = run.end();

        assertThat(report.exit().code()).isEmpty();
        assertThat(report.findings().failure()).contains(EndReason.KERNEL_DIED);
        assertThat(report.findings().error().orElseThrow())
                .contains("the keeper of its processes was ended by signal 9");
    }

    @Test
    void aReportThatTheCommandWritesToTheSupervisorsDescriptorsIsNotBelieved() throws Exception {
        RealRun run = start(LOOK_AROUND, """
                for pid in (keeper, supervisor):
                    for descriptor in range(64):
                        try:
                            with open(f'/proc/{pid}/fd/{descriptor}', 'wb', buffering=0) as found: found.write(forged.encode())
                        except OSError: pass
                os.kill(papermill, signal.SIGKILL)
                """);

        ExitReport report = run.end();

        assertThat(report.exit().code()).isEmpty();
    }

    @Test
    void aPipeInPlaceOfTheExecutedNotebookIsNotWaitedFor() throws Exception {
        RealRun run = start(LOOK_AROUND, """
                os.unlink(output)
                os.mkfifo(output)
                os.kill(papermill, signal.SIGKILL)
                """);

        ExitReport report = run.end();

        assertThat(report.output()).isEmpty();
        assertThat(report.findings().remarks()).contains("the executed notebook is torn, so it is not kept");
    }

    @Test
    void aStoppedSupervisorIsToldAndTheEndIsSeenAllTheSame() throws Exception {
        RealRun run = start(LOOK_AROUND, "os.kill(supervisor, signal.SIGSTOP)");

        ExitReport report = run.end();

        assertThat(report.exit().code()).hasValue(0);
        assertThat(report.findings().remarks()).containsExactly("its supervisor was stopped (SIGSTOP) and continued");
        assertThat(run.context.notes).containsAll(report.findings().remarks());
    }

    @Test
    void noneOfThreeHundredGenerationsBelowAKilledKeeperEscapes() throws Exception {
        RealRun run = start(LOOK_AROUND, """
                pid = os.fork()
                if pid == 0:
                    os.environ.clear()
                    os.kill(keeper, signal.SIGKILL)
                    for hop in range(300):
                        os.setsid() if os.getsid(0) != os.getpid() else None
                        if os.fork() != 0: os._exit(0)
                    open('escaped', 'w').write('x')
                    while True: time.sleep(0.01)
                time.sleep(600)
                """);

        // Its end makes sure that nothing lives in the notebook's folder.
        assertThat(run.end().findings().error().orElseThrow())
                .contains("the keeper of its processes was ended by signal 9");
    }

    /** As an ordinary user: root may look into every process. It may read all files, as its environment may lie in root's home. */
    @Test
    void anOrdinaryUsersNotebookReachesNoChannelOfThoseAboveIt() throws Exception {
        List<String> ordinary = List.of(
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "--inh-caps=-all,+dac_read_search",
                "--ambient-caps=-all,+dac_read_search",
                "--bounding-set=-all,+dac_read_search");
        assumeTrue(command(ordinary, "true") == 0, "only root may become another user");
        Path notebook = Notebooks.of("""
                import os
                assert os.getuid() == 65534
                def parent(pid): return int(open(f'/proc/{pid}/stat').read().rpartition(')')[2].split()[1])
                papermill, reached = os.getppid(), []
                for pid in (papermill, parent(papermill), parent(parent(papermill))):
                    for descriptor in range(64):
                        try:
                            with open(f'/proc/{pid}/fd/{descriptor}', 'wb', buffering=0) as found:
                                found.write(b'\\n{"is": "remark", "text": "forged"}\\n')
                            reached.append((pid, descriptor))
                        except OSError: pass
                print('reached', reached)
                """).write(folder.resolve("notebook.ipynb"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        RealRun run = RealRun.start(
                notebook, folder, request -> request.environment("HOME", folder.toString()), PluginConfig.EMPTY, () -> {
                    assertThat(command(List.of("chown", "-R", "65534:65534"), folder.toString()))
                            .isZero();
                    return ordinary;
                });
        ExitReport report = run.end();

        assertThat(report.findings().error()).isEmpty();
        assertThat(report.exit().code()).hasValue(0);
        assertThat(run.output(report)).contains("reached []");
        assertThat(report.findings().remarks()).isEmpty();
    }

    private static int command(List<String> command, String argument) {
        List<String> line = new ArrayList<>(command);
        line.add(argument);
        try {
            return new ProcessBuilder(line).start().waitFor();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}

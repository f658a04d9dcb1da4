package io.nbguard.papermill.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.nbguard.papermill.PythonEnvironments;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.process.ProcessIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisedLauncherTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final AtomicReference<Process> supervisor = new AtomicReference<>();
    private volatile Runnable whenStopped = () -> {};

    private RunningPython start(String code) throws Exception {
        return start(code, false);
    }

    private RunningPython start(String code, boolean mayOutliveHost) throws Exception {
        Path python = PythonEnvironments.prepare(PluginConfig.EMPTY, note -> {});
        PythonCommand command = new PythonCommand(
                python, List.of("-I", "-c", code), Map.of("SECRET", "kept", "FOLDER", folder.toString()), folder);
        return new SupervisedLauncher(folder, mayOutliveHost, () -> whenStopped.run()).start(command, builder -> {
            supervisor.set(builder.start());
            return supervisor.get();
        });
    }

    private static String line(RunningPython python) throws IOException {
        return line(python.output());
    }

    private static String line(InputStream output) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = output.read(); c >= 0 && c != '\n'; c = output.read()) {
            line.append((char) c);
        }
        return line.toString();
    }

    /** All that a supervisor sees of its host's death. */
    private void endHost() throws IOException {
        supervisor.get().getOutputStream().close();
    }

    private ProcessIdentity identity() throws IOException {
        String stat =
                Files.readString(Path.of("/proc/" + supervisor.get().pid() + "/stat"), StandardCharsets.ISO_8859_1);
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return new ProcessIdentity(supervisor.get().pid(), Long.parseLong(fields[19]));
    }

    @Test
    void theExitCodeAndTheProcessorTimeOfTheWholeTreeAreReported() throws Exception {
        RunningPython python = start("""
                import os, sys, time
                def burn():
                    while time.process_time() < 0.3: pass
                if os.fork() == 0:
                    burn(); os._exit(0)
                burn(); os.wait(); print(os.environ['SECRET']); sys.exit(7)
                """);

        assertThat(line(python)).isEqualTo("kept");
        PythonEnd end = python.await();

        assertThat(end.exitCode()).isEqualTo(OptionalInt.of(7));
        assertThat(end.signal()).isEmpty();
        assertThat(end.cpuTime().orElseThrow().seconds()).isBetween(0.6, 10.0);
        assertThat(end.allGone()).isTrue();
        assertThat(end.contained()).isTrue();
        assertThat(end.killed()).isZero();
        assertThat(end.problem()).isEmpty();
        assertThat(folder.resolve("nbguard_report.json")).doesNotExist();
    }

    @Test
    void whatACommandLeavesIsCountedAndItsTimeToo() throws Exception {
        RunningPython python = start("""
                import os, sys, time
                done, tell = os.pipe()
                if os.fork() == 0:
                    os.setsid()
                    if os.fork() != 0: os._exit(0)
                    while time.process_time() < 0.3: pass
                    print('done', flush=True)
                    os.write(tell, b'x')
                    time.sleep(600)
                sys.stdin.read()
                os.wait()
                os.read(done, 1)
                """);

        assertThat(line(python)).isEqualTo("done");
        PythonEnd end = python.await();

        assertThat(end.exitCode()).isEqualTo(OptionalInt.of(0));
        assertThat(end.killed()).isOne();
        assertThat(end.cpuTime().orElseThrow().seconds()).isGreaterThan(0.3);
    }

    @Test
    void signalsReachTheCommandWithPythonsOwnHandlers() throws Exception {
        RunningPython python = start("""
                import signal, time
                assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == set()
                assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
                try:
                    print('ready', flush=True)
                    time.sleep(600)
                except KeyboardInterrupt:
                    print('interrupted', flush=True)
                    time.sleep(600)
                """);
        assertThat(line(python)).isEqualTo("ready");

        python.interrupt();
        assertThat(line(python)).isEqualTo("interrupted");
        python.terminate();

        assertThat(python.await().signal()).isEqualTo(OptionalInt.of(15));
    }

    @Test
    void aTerminatedSupervisorTakesEverythingWithIt() throws Exception {
        RunningPython python = start("import time; print('ready', flush=True); time.sleep(600)");
        assertThat(line(python)).isEqualTo("ready");

        // Not through the process itself, which would close its streams and the report with them.
        supervisor.get().toHandle().destroy();
        PythonEnd end = python.await();

        assertThat(end.signal()).isEqualTo(OptionalInt.of(9));
        assertThat(end.allGone()).isTrue();
    }

    @Test
    void aCommandThatCannotBeWaitedForInTimeIsSaidToRunStill() throws Exception {
        RunningPython python = start("import time; time.sleep(600)");

        assertThat(python.await(Duration.ofMillis(1))).isFalse();
        python.kill();

        assertThat(python.await(TIMEOUT)).isTrue();
    }

    @Test
    void theEndOfTheHostIsTheEndOfEverything() throws Exception {
        RunningPython python = start("import time; print('ready', flush=True); time.sleep(600)", true);
        assertThat(line(python)).isEqualTo("ready");

        endHost();

        assertThat(python.await().signal()).isEqualTo(OptionalInt.of(9));
    }

    @Test
    void whatShallOutliveItsHostDoesAndIsTakenUp() throws Exception {
        RunningPython python = start("""
                import sys, time
                try:
                    print('ready', flush=True)
                    time.sleep(600)
                except KeyboardInterrupt:
                    print('interrupted', flush=True)
                    sys.exit(7)
                """, true);
        assertThat(line(python)).isEqualTo("ready");
        python.outliveHost();
        endHost();

        RunningPython again = SupervisedLauncher.takeUp(folder, Optional.of(identity()), whenStopped);
        InputStream output = again.output();
        assertThat(line(output)).as("from the beginning").isEqualTo("ready");
        assertThat(again.await(Duration.ofMillis(300))).isFalse();
        again.interrupt();

        assertThat(line(output)).isEqualTo("interrupted");
        assertThat(output.read()).isEqualTo(-1);
        PythonEnd end = again.await();
        assertThat(end.exitCode()).isEqualTo(OptionalInt.of(7));
        assertThat(end.allGone()).isTrue();
        assertThat(again.endedAt()).as("it ran when it was taken up").isEmpty();
        again.kill();
    }

    @Test
    void whatHasEndedWithoutAHostTellsHowAndWhen() throws Exception {
        RunningPython python = start("import sys; sys.stdin.read(); print('done'); sys.exit(3)", true);
        python.outliveHost();
        endHost();
        python.await();

        RunningPython again = SupervisedLauncher.takeUp(folder, Optional.empty(), whenStopped);

        assertThat(line(again.output())).isEqualTo("done");
        assertThat(again.await(TIMEOUT)).isTrue();
        assertThat(again.await().exitCode()).isEqualTo(OptionalInt.of(3));
        assertThat(again.endedAt().orElseThrow()).isBefore(Instant.now().plusSeconds(1));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("nbguard_report.json"))))
                .isEqualTo("rw-------");
    }

    @Test
    void aSupervisorThatDiesWithoutAReportIsNotWaitedForNorItsIdsNextOwner() throws Exception {
        RunningPython python = start("import time; print('ready', flush=True); time.sleep(600)", true);
        assertThat(line(python)).isEqualTo("ready");
        ProcessIdentity identity = identity();
        RunningPython reused = SupervisedLauncher.takeUp(
                folder, Optional.of(new ProcessIdentity(identity.pid(), identity.startTicks() - 1)), whenStopped);
        RunningPython again = SupervisedLauncher.takeUp(folder, Optional.of(identity), whenStopped);
        assertThat(reused.await().problem()).isPresent();

        supervisor.get().destroyForcibly();

        assertThat(again.await().problem()).contains("its supervisor has gone and left no report");
        assertNoProcessEscaped();
    }

    @Test
    void whereNothingWasStartedToOutliveItsHostNothingIsTakenUp() throws Exception {
        start("pass").await();

        assertThatThrownBy(() -> SupervisedLauncher.takeUp(folder, Optional.empty(), whenStopped))
                .isInstanceOf(IOException.class);
    }

    @Test
    void theSupervisorIsSmall() throws Exception {
        RunningPython python = start("import time; print('ready', flush=True); time.sleep(600)");
        assertThat(line(python)).isEqualTo("ready");

        String status =
                Files.readString(Path.of("/proc/" + supervisor.get().pid() + "/status"), StandardCharsets.ISO_8859_1);
        python.kill();
        python.await();

        Matcher rss = Pattern.compile("VmRSS:\\s+(\\d+) kB").matcher(status);
        assertThat(rss.find()).isTrue();
        assertThat(Integer.parseInt(rss.group(1))).isLessThan(12 << 10);
        assertThat(status).containsPattern("Threads:\\s+1\n");
    }

    @Test
    void aReportThatTheCommandForgedIsNotBelieved() throws Exception {
        RunningPython python = start("""
                import os, signal
                forged = '{"exit": 0, "cpu_nanos": 1, "killed": 0, "all_gone": true, "subreaper": true}\\n'
                open(os.path.join(os.environ['FOLDER'], 'nbguard_report.json'), 'w').write(forged)
                def parent(pid): return int(open(f'/proc/{pid}/stat').read().rpartition(')')[2].split()[1])
                keeper = os.getppid()
                supervisor = parent(keeper)
                for pid in (keeper, supervisor):
                    for descriptor in (2, 3, 4, 5, 6):
                        try:
                            with open(f'/proc/{pid}/fd/{descriptor}', 'w') as report: report.write(forged)
                        except OSError: pass
                os.kill(supervisor, signal.SIGKILL)
                signal.pause()
                """);

        PythonEnd end = python.await();

        assertThat(end.exitCode()).isEmpty();
        // Root may write to the supervisor's descriptors, so that its end is told more than once.
        assertThat(end.problem().orElseThrow())
                .containsAnyOf("the supervisor was ended by signal 9", "is reported 2 times, so no report counts");
        assertNoProcessEscaped();
    }

    @Test
    void aReportThatIsGivenTwiceIsNotBelieved() throws Exception {
        RunningPython python = start("""
                import os, sys
                supervisor = int(open(f'/proc/{os.getppid()}/stat').read().rpartition(')')[2].split()[1])
                try:
                    with open(f'/proc/{supervisor}/fd/2', 'w') as report: report.write('{"exit": 0}\\n')
                    print('told', flush=True)
                except OSError: print('refused', flush=True)
                sys.exit(3)
                """);
        boolean told = line(python).equals("told");

        PythonEnd end = python.await();

        // Root may look into any process, and write to what it has; another user may not.
        assertThat(end.exitCode()).isEqualTo(told ? OptionalInt.empty() : OptionalInt.of(3));
        assertThat(end.problem().isPresent()).isEqualTo(told);
    }

    /** 300 generations, each gone when the next begins, in a session and with an environment of its own. */
    private static final String ESCAPE = """
            import os, signal, time
            os.kill(%s, signal.SIGKILL)
            pid = os.fork()
            if pid == 0:
                for hop in range(300):
                    os.setsid()
                    if os.fork() != 0: os._exit(0)
                with open(os.path.join(os.environ['FOLDER'], 'escaped'), 'w') as note: note.write(str(os.getpid()))
                while True: time.sleep(0.01)
            time.sleep(600)
            """;

    @Test
    void noProcessEscapesByKillingTheParentOfTheCommand() throws Exception {
        RunningPython python = start(ESCAPE.formatted("os.getppid()"));

        PythonEnd end = python.await();

        assertThat(end.problem())
                .contains("the keeper of its processes was ended by signal 9, which nbguard did not send;"
                        + " the supervisor has ended all of them");
        assertThat(end.exitCode()).isEmpty();
        assertThat(end.allGone()).isTrue();
        assertThat(end.cpuTime()).isPresent();
        assertNoProcessEscaped();
    }

    @Test
    void noProcessEscapesByKillingTheSupervisor() throws Exception {
        RunningPython python =
                start(ESCAPE.formatted("int(open(f'/proc/{os.getppid()}/stat').read().rpartition(')')[2].split()[1])"));

        PythonEnd end = python.await();

        assertThat(end.problem().orElseThrow()).contains("the supervisor was ended by signal 9");
        assertThat(end.allGone()).isFalse();
        assertNoProcessEscaped();
    }

    /** What one of the two ends is gone a moment after the other. */
    private void assertNoProcessEscaped() throws Exception {
        long begin = System.nanoTime();
        while (!ofThisTest().isEmpty() && System.nanoTime() - begin < TIMEOUT.toNanos()) {
            Thread.sleep(5);
        }
        assertThat(ofThisTest()).isEmpty();
    }

    private List<Path> ofThisTest() throws IOException {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes.filter(this::isOfThisTest).toList();
        }
    }

    private boolean isOfThisTest(Path process) {
        try {
            return Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1)
                    .contains("FOLDER=" + folder + "\0");
        } catch (IOException gone) {
            return false;
        }
    }

    @Test
    void aStoppedSupervisorIsNoticedAndTheEndIsToldAllTheSame() throws Exception {
        RunningPython python = start("import sys; print('ready', flush=True); sys.stdin.read(); sys.exit(4)");
        AtomicReference<Boolean> noticed = new AtomicReference<>(false);
        whenStopped = () -> {
            noticed.set(true);
            signal("CONT");
        };
        signal("STOP");

        PythonEnd end = python.await();

        assertThat(noticed).hasValue(true);
        assertThat(end.exitCode()).isEqualTo(OptionalInt.of(4));
    }

    @Test
    void anOrdinaryUsersCommandReachesNoDescriptorAndNoProcessEscapes() throws Exception {
        Path setpriv = Path.of("/usr/bin/setpriv");
        Path python = Path.of("/usr/bin/python3");
        assumeThat(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))
                .as("only root may become another user")
                .isEqualTo(0);
        assumeThat(List.of(setpriv, python)).allMatch(Files::isExecutable);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        String code = """
                import os, signal, time
                def parent(pid): return int(open(f'/proc/{pid}/stat').read().rpartition(')')[2].split()[1])
                keeper, wrote = os.getppid(), 0
                for pid in (keeper, parent(keeper)):
                    for descriptor in range(8):
                        try:
                            with open(f'/proc/{pid}/fd/{descriptor}', 'wb', buffering=0) as found: found.write(b'{"exit": 0}')
                            wrote += 1
                        except OSError: pass
                print('wrote', wrote, flush=True)
                """ + ESCAPE.formatted("keeper");
        PythonCommand command =
                new PythonCommand(python, List.of("-I", "-c", code), Map.of("FOLDER", folder.toString()), folder);
        RunningPython run = new SupervisedLauncher(folder, false, () -> {}).start(command, builder -> {
            List<String> line =
                    new ArrayList<>(List.of(setpriv.toString(), "--reuid=65534", "--regid=65534", "--clear-groups"));
            line.addAll(builder.command());
            supervisor.set(builder.command(line).start());
            return supervisor.get();
        });

        assertThat(line(run)).isEqualTo("wrote 0");
        PythonEnd end = run.await();

        assertThat(end.problem().orElseThrow()).contains("the keeper of its processes was ended by signal 9");
        assertThat(end.allGone()).isTrue();
        assertNoProcessEscaped();
    }

    private void signal(String name) {
        try {
            new ProcessBuilder(
                            "kill", "-" + name, Long.toString(supervisor.get().pid()))
                    .start()
                    .waitFor();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aStoppedKeeperIsLetGoOnAtOnce() throws Exception {
        RunningPython python = start("""
                import os, signal, sys
                os.kill(os.getppid(), signal.SIGSTOP)
                sys.exit(5)
                """);

        assertThat(python.await().exitCode()).isEqualTo(OptionalInt.of(5));
    }

    @Test
    void othersOfTheSameUserCannotLookIntoIt() throws Exception {
        RunningPython python = start("import time; print('ready', flush=True); time.sleep(600)");
        assertThat(line(python)).isEqualTo("ready");

        Path fds = Path.of("/proc/" + supervisor.get().pid() + "/environ");
        Object owner = Files.getAttribute(fds, "unix:uid");
        ProcessHandle keeper = supervisor.get().children().findFirst().orElseThrow();
        Object keepersOwner = Files.getAttribute(Path.of("/proc/" + keeper.pid() + "/environ"), "unix:uid");
        ProcessHandle command = keeper.children().findFirst().orElseThrow();
        Object commandsOwner = Files.getAttribute(Path.of("/proc/" + command.pid() + "/environ"), "unix:uid");
        python.kill();
        python.await();

        // The kernel gives what may not be looked into to root.
        assertThat(owner).isEqualTo(0);
        assertThat(keepersOwner).isEqualTo(0);
        assertThat(commandsOwner).isEqualTo(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    }

    @Test
    void anEarlierReportIsNotTakenForThisCommands() throws Exception {
        Files.writeString(folder.resolve("nbguard_report.json"), "{\"exit\": 0}");
        RunningPython python = start("import time; print('ready', flush=True); time.sleep(600)");
        assertThat(line(python)).isEqualTo("ready");

        supervisor.get().destroyForcibly();
        PythonEnd end = python.await();
        assertNoProcessEscaped();

        assertThat(end.problem().orElseThrow()).contains("the supervisor was ended by signal 9");
        assertThat(end.exitCode()).isEmpty();
    }
}

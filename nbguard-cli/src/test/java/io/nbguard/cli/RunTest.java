package io.nbguard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code nbguard run} against real papermill, in a process of its own. */
@Tag("slow")
class RunTest {

    private static final List<String> FIELDS = List.of(
            "id",
            "notebook",
            "state",
            "reason",
            "exitCode",
            "output",
            "startedAt",
            "endedAt",
            "peakMemoryBytes",
            "cpuSeconds",
            "cellsDone",
            "cellsTotal",
            "executor",
            "error");

    @TempDir
    Path folder;

    @Test
    void aParameterThatTheNotebookDoesNotKnowIsRefusedUnlessThatIsAllowed() throws Exception {
        TestNotebook.write(folder.resolve("quick.ipynb"), "x = 1", "print(x)");

        NbguardProcess.Ended refused = NbguardProcess.run(folder, "run", "quick.ipynb", "-p", "xx", "3");
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).contains("no parameter 'xx'", "did you mean 'x'?", "unknown parameters");

        NbguardProcess.Ended allowed =
                NbguardProcess.run(folder, "run", "quick.ipynb", "-p", "xx", "3", "--allow-unknown-parameters");
        assertThat(allowed.exitCode()).as(allowed.err()).isZero();
    }

    @Test
    void theExecutorCanBeNamedAndOneThatIsNotThereIsRefusedWithThoseThatAre() throws Exception {
        TestNotebook.write(folder.resolve("quick.ipynb"), "x = 1");

        NbguardProcess.Ended refused =
                NbguardProcess.run(folder, "run", "quick.ipynb", "--executor", "nbguard-papermil");
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err())
                .contains("there is no executor 'nbguard-papermil': this guard has 'nbguard-papermill'");

        NbguardProcess.Ended ran =
                NbguardProcess.run(folder, "run", "quick.ipynb", "--executor", "nbguard-papermill", "--json");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("\"executor\":\"nbguard-papermill\"");
    }

    @Test
    void aNotebookThatCompletesExitsWithZeroAndItsOutputIsKeptInTheCurrentFolder() throws Exception {
        TestNotebook.write(folder.resolve("report.ipynb"), "year = 1", "print('year', year)");

        NbguardProcess.Ended ended = NbguardProcess.run(folder, "run", "report.ipynb", "-p", "year", "2026");

        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out())
                .contains("report.ipynb started")
                .contains("✓ report.ipynb completed after")
                .contains("2/2")
                .contains("peak memory")
                .doesNotContain("\u001b");
        assertThat(folder.toFile().list()).hasSize(2).anySatisfy(name -> assertThat(name)
                .matches("report_exec_\\d{8}T\\d{6}Z_[a-z0-9]{8}\\.ipynb"));
    }

    @Test
    void parametersReachTheNotebookWithTheirTypes() throws Exception {
        TestNotebook.write(
                folder.resolve("types.ipynb"),
                "a = b = c = d = e = f = g = h = i = j = None",
                "got = [a, b, c, d, e, f, g, h, i, j]\n"
                        + "want = [7, '007', True, 'yes', [1, 'x', None], -0.5, '12', 'from the file', 2**63, 'über 🚀\\n']\n"
                        + "assert got == want and [type(x) for x in got] == [type(x) for x in want], got");
        Files.writeString(
                folder.resolve("p.json"),
                "{\"a\": \"overridden\", \"h\": \"from the file\", \"i\": 9223372036854775808}");

        NbguardProcess.Ended ended = NbguardProcess.run(
                folder,
                "run",
                "types.ipynb",
                "-f",
                "p.json",
                "-p",
                "a",
                "7",
                "-p",
                "b",
                "007",
                "-p",
                "c",
                "true",
                "-p",
                "d",
                "yes",
                "-p",
                "e",
                "[1, \"x\", null]",
                "-p",
                "f",
                "-0.5",
                "-r",
                "g",
                "12",
                "-r",
                "j",
                "über 🚀\n");

        assertThat(ended.exitCode()).as(ended.out() + ended.err()).isZero();
    }

    @Test
    void jsonIsExactlyOneObjectOnStandardOutputAndNothingElseAnywhere() throws Exception {
        TestNotebook.write(folder.resolve("report.ipynb"), "1 + 1");
        Path output = folder.resolve("out/nested/result.ipynb");

        NbguardProcess.Ended ended =
                NbguardProcess.run(folder, "run", "--json", "report.ipynb", "-o", "out/nested/result.ipynb");

        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out()).endsWith("}\n").containsOnlyOnce("\n");
        Map<String, Object> result = JsonMap.parse(ended.out());
        assertThat(result.keySet()).containsExactlyElementsOf(FIELDS);
        assertThat(result)
                .containsEntry("notebook", "report.ipynb")
                .containsEntry("state", "COMPLETED")
                .containsEntry("reason", null)
                .containsEntry("exitCode", 0L)
                .containsEntry("output", output.toRealPath().toString())
                .containsEntry("cellsDone", 1L)
                .containsEntry("cellsTotal", 1L)
                .containsEntry("error", null);
        assertThat((Long) result.get("peakMemoryBytes")).isGreaterThan(10 << 20);
        assertThat((Double) result.get("cpuSeconds")).isPositive();
        assertThat(Instant.parse((String) result.get("endedAt")))
                .isAfter(Instant.parse((String) result.get("startedAt")));
        assertThat(output).isNotEmptyFile();
    }

    @Test
    void aFailingNotebookExitsWithOneAndSaysWhatWentWrong() throws Exception {
        TestNotebook.write(folder.resolve("bad.ipynb"), "x = 1", "raise ValueError('no data for 2026')");

        NbguardProcess.Ended ended = NbguardProcess.run(folder, "run", "bad.ipynb", "--json", "-o", ".");

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(JsonMap.parse(ended.out()))
                .containsEntry("state", "FAILED")
                .containsEntry("reason", "CELL_ERROR")
                .hasEntrySatisfying("error", error -> assertThat((String) error)
                        .contains("ValueError")
                        .contains("no data for 2026"))
                .hasEntrySatisfying(
                        "output", output -> assertThat(Path.of((String) output)).isNotEmptyFile());
    }

    @Test
    void aNotebookThatRunsTooLongExitsWithFour() throws Exception {
        TestNotebook.write(folder.resolve("slow.ipynb"), "import time", "time.sleep(600)");

        NbguardProcess.Ended ended = NbguardProcess.run(folder, "run", "slow.ipynb", "--timeout", "6s", "--json");

        assertThat(ended.exitCode()).isEqualTo(4);
        assertThat(JsonMap.parse(ended.out()))
                .containsEntry("state", "KILLED")
                .containsEntry("reason", "TIMEOUT")
                .hasEntrySatisfying("error", error -> assertThat((String) error).contains("6"));
    }

    @Test
    void aHogIsEndedByTheWatchdogAndExitsWithThree() throws Exception {
        TestNotebook.write(
                folder.resolve("hog.ipynb"),
                "held = []",
                "import time\nwhile len(held) < 100:\n    held.append(bytearray(b'x' * (16 << 20)))\n    time.sleep(0.1)");

        NbguardProcess.Ended ended =
                NbguardProcess.run(folder, "run", "hog.ipynb", "--memory-budget", "400m", "--json");

        assertThat(ended.exitCode()).isEqualTo(3);
        assertThat(ended.err()).contains("OOM Prevention: Terminated hog.ipynb").contains("400.0 MiB");
        Map<String, Object> result = JsonMap.parse(ended.out());
        assertThat(result)
                .containsEntry("state", "KILLED")
                .containsEntry("reason", "WATCHDOG_MEMORY")
                .hasEntrySatisfying(
                        "error", error -> assertThat((String) error).contains("OOM Prevention: Terminated hog.ipynb"));
        assertThat((Long) result.get("peakMemoryBytes")).isBetween(300L << 20, 700L << 20);
        assertThat(Path.of((String) result.get("output"))).isNotEmptyFile();
    }

    @Test
    void aParametersFileThatIsADashIsStandardInput() throws Exception {
        TestNotebook.write(folder.resolve("report.ipynb"), "1");

        NbguardProcess.Ended ended = NbguardProcess.run(folder, "run", "report.ipynb", "-f", "-");

        // It is empty.
        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(ExitCodes.USAGE);
        assertThat(ended.err()).contains("standard input does not hold a JSON object");
    }

    @Test
    void aPythonThatIsNotThereIsToldAsOneObjectToo() throws Exception {
        TestNotebook.write(folder.resolve("report.ipynb"), "1");

        NbguardProcess.Ended ended =
                NbguardProcess.run(folder, "run", "report.ipynb", "--json", "--python", "/nowhere/python");

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.err()).contains("/nowhere/python");
        assertThat(JsonMap.parse(ended.out()))
                .containsEntry("id", null)
                .containsEntry("state", "FAILED")
                .containsEntry("reason", "START_FAILED")
                .hasEntrySatisfying("error", error -> assertThat((String) error).contains("/nowhere/python"));
        assertThat(JsonMap.parse(ended.out()).keySet()).containsExactlyElementsOf(FIELDS);
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void aSignalStopsEverythingAndNothingSurvivesIt(String signal, int exitCode) throws Exception {
        Path pids = folder.resolve("pids");
        TestNotebook.write(
                folder.resolve("tree.ipynb"),
                "import os, subprocess, time",
                "child = subprocess.Popen(['sleep', '600'], start_new_session=True)\n"
                        + "daemon = subprocess.run(['sh', '-c', 'setsid sleep 600 >/dev/null 2>&1 & echo $!'], capture_output=True, text=True).stdout.strip()\n"
                        + "open('pids.tmp', 'w').write(f'{os.getpid()} {os.getppid()} {child.pid} {daemon}')\n"
                        + "os.rename('pids.tmp', 'pids')\n"
                        + "time.sleep(600)");
        try (NbguardProcess nbguard =
                NbguardProcess.start(folder, Map.of(), "run", "tree.ipynb", "--json", "-o", "partial.ipynb")) {
            await().atMost(Duration.ofMinutes(2)).until(() -> Files.exists(pids) || !nbguard.isAlive());
            List<ProcessHandle> family = processes(Files.readString(pids));
            assertThat(family).hasSize(4).allMatch(ProcessHandle::isAlive);

            nbguard.signal(signal);
            NbguardProcess.Ended ended = nbguard.ended();

            assertThat(ended.exitCode()).as(ended.err()).isEqualTo(exitCode);
            assertThat(family).noneMatch(RunTest::runs);
            assertThat(JsonMap.parse(ended.out()))
                    .containsEntry("state", "KILLED")
                    .containsEntry("reason", "USER_STOP");
            assertThat(folder.resolve("partial.ipynb")).isNotEmptyFile();
        }
    }

    @Test
    void namesThatAreHardToQuoteAreNotHardToRun() throws Exception {
        Path odd = Files.createDirectory(folder.resolve("a {folder} of ünïcode 日本"));
        TestNotebook.write(odd.resolve("-dash {name} 🚀.ipynb"), "x = 0", "assert x == 5");

        NbguardProcess.Ended ended =
                NbguardProcess.run(odd, "run", "-p", "x", "5", "-o", "out {x}.ipynb", "--", "-dash {name} 🚀.ipynb");
        NbguardProcess.Ended absolute = NbguardProcess.run(
                folder,
                "run",
                "-p",
                "x",
                "5",
                odd.resolve("-dash {name} 🚀.ipynb").toString());

        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(odd.resolve("out {x}.ipynb")).isNotEmptyFile();
        assertThat(absolute.exitCode()).as(absolute.err()).isZero();
        assertThat(folder.toFile().list()).anySatisfy(name -> assertThat(name).startsWith("-dash {name} 🚀_exec_"));
    }

    @Test
    void anOutputThatIsThereIsNeverOverwritten() throws Exception {
        TestNotebook.write(folder.resolve("report.ipynb"), "1");
        Files.writeString(folder.resolve("out.ipynb"), "precious");

        NbguardProcess.Ended ended = NbguardProcess.run(folder, "run", "report.ipynb", "-o", "out.ipynb", "--json");

        assertThat(folder.resolve("out.ipynb")).hasContent("precious");
        assertThat(JsonMap.parse(ended.out()))
                .hasEntrySatisfying("output", output -> assertThat(Path.of((String) output))
                        .isNotEmptyFile()
                        .isNotEqualTo(folder.resolve("out.ipynb")));
    }

    private static List<ProcessHandle> processes(String pids) {
        return Arrays.stream(pids.split(" "))
                .map(pid -> ProcessHandle.of(Long.parseLong(pid)).orElseThrow())
                .toList();
    }

    /** A zombie that its parent has not collected yet runs no more. */
    private static boolean runs(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            return process.isAlive() && stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException e) {
            return false;
        }
    }
}

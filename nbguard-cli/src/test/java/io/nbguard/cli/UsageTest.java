package io.nbguard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.cli.terminal.Interruption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** What people read who ask for help, and who get it wrong. */
class UsageTest {

    @TempDir
    Path folder;

    private final CapturedTerminal out = new CapturedTerminal();
    private final CapturedTerminal err = new CapturedTerminal();

    @BeforeEach
    void aNotebook() throws Exception {
        TestNotebook.write(folder.resolve("ok.ipynb"), "1");
        Files.writeString(folder.resolve("text.ipynb"), "hello");
        Files.writeString(folder.resolve("cut.ipynb"), "{\"nbformat\": 4, \"cells\": [");
        Files.writeString(folder.resolve("list.json"), "[1]");
        Files.writeString(folder.resolve("broken.json"), "{\"a\": 1,\n \"b\" 2}");
        Files.writeString(folder.resolve("keyword.json"), "{\"class\": 1}");
    }

    private Surroundings surroundings() {
        return new Surroundings(out.terminal(), err.terminal(), new Interruption(), folder);
    }

    private int run(String... arguments) {
        return Nbguard.run(surroundings(), arguments);
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake("NOTEBOOK", "run"),
                mistake("none.ipynb", "run", "none.ipynb"),
                mistake("folder", "run", "."),
                mistake("text.ipynb", "run", "text.ipynb"),
                mistake("cut.ipynb", "run", "cut.ipynb"),
                mistake("extra", "run", "ok.ipynb", "extra"),
                mistake("--frobnicate", "run", "ok.ipynb", "--frobnicate"),
                mistake("'much'", "run", "ok.ipynb", "--memory-budget", "much"),
                mistake("more than 0", "run", "ok.ipynb", "--memory-budget", "0"),
                mistake("'soon'", "run", "ok.ipynb", "--timeout", "soon"),
                mistake("'0s'", "run", "ok.ipynb", "--timeout", "0s"),
                mistake("'15'", "run", "ok.ipynb", "--kill-at", "15"),
                mistake("'outside'", "run", "ok.ipynb", "--watchdog", "outside"),
                mistake("'9lives'", "run", "ok.ipynb", "-p", "9lives", "1"),
                mistake("'class'", "run", "ok.ipynb", "-p", "class", "1"),
                mistake("NAME VALUE", "run", "ok.ipynb", "-p", "name"),
                mistake("NBGUARD_X", "run", "ok.ipynb", "--env", "NBGUARD_X=1"),
                mistake("none.json", "run", "ok.ipynb", "-f", "none.json"),
                mistake("JSON object", "run", "ok.ipynb", "-f", "list.json"),
                mistake("line 2", "run", "ok.ipynb", "-f", "broken.json"),
                mistake("'class'", "run", "ok.ipynb", "-f", "keyword.json"),
                mistake("--cwd", "run", "ok.ipynb", "--cwd", "nowhere"),
                mistake("walk", "walk"),
                mistake("--interval", "top", "--once", "--interval", "1ms"),
                mistake("too little", "demo", "--memory-budget", "10m"),
                mistake("there already", "demo", "-o", "."),
                mistake("--port", "serve", "--port", "70000"),
                mistake("the host is blank", "serve", "--host", " "),
                mistake("nowhere", "serve", "nowhere"),
                mistake("--db memory", "serve", ".", "--keep-running", "--db", "memory"),
                mistake("--watchdog sidecar", "serve", ".", "--keep-running", "--watchdog", "sidecar"),
                mistake("say the same", "serve", ".", "--notebooks", "."),
                mistake("EXECUTION", "stop", "--graceful"),
                mistake("--cron", "schedule", "add", "ok.ipynb"),
                mistake("none.json", "schedule", "add", "ok.ipynb", "--every", "1h", "-f", "none.json"),
                mistake("--memory: 'much'", "schedule", "add", "ok.ipynb", "--every", "1h", "--memory", "much"),
                mistake("--memory: 'much'", "run", "ok.ipynb", "--memory", "much"),
                mistake(
                        "a limit of 2 cores and a CPU quota of 100000",
                        "run",
                        "ok.ipynb",
                        "--cpus",
                        "2",
                        "--cpu-quota",
                        "100000"),
                mistake("512.0 MiB is less than", "run", "ok.ipynb", "--memory", "1g", "--memory-swap", "512m"),
                mistake("--cpu-shares: CPU shares of 1", "run", "ok.ipynb", "--cpu-shares", "1"),
                mistake("none.json", "run", "ok.ipynb", "--limits", "none.json"),
                mistake("parse", "limits"),
                mistake("none.json", "limits", "parse", "none.json"),
                mistake("list.json", "limits", "parse", "list.json"),
                mistake("line 2", "limits", "parse", "broken.json"),
                mistake("list", "schedule"));
    }

    private static Arguments mistake(String named, String... arguments) {
        return Arguments.of(named, arguments);
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeExitsWithTwoAndIsNamedOnStandardErrorAlone(String named, String[] arguments) {
        int code = run(arguments);

        assertThat(err.text()).contains(named).doesNotContain("\tat ");
        assertThat(code).as(err.text()).isEqualTo(2);
        assertThat(out.text()).isEmpty();
    }

    @Test
    void aMistakeWithJsonPrintsNothingOnStandardOutput() {
        assertThat(run("run", "--json", "none.ipynb")).isEqualTo(2);
        assertThat(out.text()).isEmpty();
        assertThat(err.text()).contains("none.ipynb");
    }

    @Test
    void nbguardAloneShowsItsCommandsAndIsAMistake() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.text()).contains("demo", "run", "top", "doctor");
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "demo", "top", "doctor", "serve", "ps", "history", "stop", "logs", "schedule"})
    void helpShowsEveryOptionOfACommand(String command) {
        assertThat(run(command, "--help")).isZero();

        List<String> names = new ArrayList<>();
        CommandLine commandLine =
                Nbguard.commandLine(surroundings()).getSubcommands().get(command);
        for (OptionSpec option : commandLine.getCommandSpec().options()) {
            names.addAll(List.of(option.names()));
        }
        assertThat(names).hasSizeGreaterThan(3);
        assertThat(out.text())
                .contains(names)
                .contains("nbguard " + command)
                .doesNotContainPattern("(?m)^[A-Z][a-z ]+:\\R(\\R|\\z)");
        assertThat(err.text()).isEmpty();
    }

    @Test
    void helpOfRunTellsExitCodesAndExamples() {
        assertThat(run("help", "run")).isZero();
        assertThat(out.text())
                .contains("Exit codes:", "  0 ", "  1 ", "  2 ", "  3 ", "  4 ", "130 ")
                .contains("Examples:", "-p year 2026")
                .contains("--timeout TIME")
                .doesNotContain("\u001b");
    }

    @Test
    void theVersionIsThatOfTheBuild() {
        assertThat(run("--version")).isZero();
        assertThat(out.text()).matches("nbguard \\d+\\.\\d+\\.\\d+\\S* \\(Java .+\\)\\R");
    }
}

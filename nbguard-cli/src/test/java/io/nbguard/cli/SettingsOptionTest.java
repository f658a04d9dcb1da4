package io.nbguard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Settings of plugins on the command line, in a file and in the environment. */
@Timeout(300)
class SettingsOptionTest {

    @TempDir
    Path folder;

    /** A way by which a setting comes to the command. */
    enum Entrance {
        OPTION("--set", "cgroup.teir", "cgroup.tier", "cgroup.priority: "),
        FILE("settings file ", "cgroup.teir", "cgroup.tier", "cgroup.priority: "),
        ENVIRONMENT(
                "environment",
                "NBGUARD_CGROUP_TEIR",
                "NBGUARD_CGROUP_TIER",
                "NBGUARD_CGROUP_PRIORITY: cgroup.priority: ");

        private final String name;
        private final String wrong;
        private final String right;
        private final String priority;

        Entrance(String name, String wrong, String right, String priority) {
            this.name = name;
            this.wrong = wrong;
            this.right = right;
            this.priority = priority;
        }
    }

    @BeforeEach
    void aNotebook() throws IOException {
        TestNotebook.write(folder.resolve("quick.ipynb"), "print('done')");
    }

    private NbguardProcess.Ended nbguard(Entrance entrance, String key, String value, String... command)
            throws Exception {
        return switch (entrance) {
            case OPTION -> nbguard(Map.of(), List.of("--set", key + "=" + value), command);
            case FILE -> {
                Files.writeString(folder.resolve("nbguard.properties"), key + " = " + value + "\n");
                yield nbguard(Map.of(), List.of("--settings", "nbguard.properties"), command);
            }
            case ENVIRONMENT -> nbguard(Map.of(variable(key), value), List.of(), command);
        };
    }

    private NbguardProcess.Ended nbguard(Map<String, String> environment, List<String> options, String... command)
            throws Exception {
        String[] arguments = Stream.concat(Stream.of(command), options.stream()).toArray(String[]::new);
        try (NbguardProcess process = NbguardProcess.start(folder, environment, arguments)) {
            return process.ended();
        }
    }

    private static String variable(String key) {
        return "NBGUARD_" + key.toUpperCase(Locale.ROOT).replace('.', '_');
    }

    @ParameterizedTest
    @EnumSource
    void aMistypedSettingIsWrongUsageFromEachEntranceAndTheRightOneNamed(Entrance entrance) throws Exception {
        NbguardProcess.Ended ended = nbguard(entrance, "cgroup.teir", "auto", "run", "quick.ipynb");

        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(ExitCodes.USAGE);
        assertThat(ended.err())
                .contains("nbguard run: " + entrance.name)
                .contains(": there is no setting '" + entrance.wrong + "': did you mean '" + entrance.right + "'?");
    }

    @ParameterizedTest
    @EnumSource
    void aMistypedValueIsWrongUsageFromEachEntrance(Entrance entrance) throws Exception {
        NbguardProcess.Ended ended = nbguard(entrance, "cgroup.priority", "loud", "run", "quick.ipynb");

        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(ExitCodes.USAGE);
        assertThat(ended.err())
                .contains("nbguard run: " + entrance.name)
                .contains(
                        ": " + entrance.priority + "'loud' is not one of its values: expected real-time, nice or none");
    }

    @ParameterizedTest
    @EnumSource
    void thePythonOfEachEntranceIsThatOfARun(Entrance entrance) throws Exception {
        NbguardProcess.Ended ended = nbguard(entrance, "papermill.python", "/nowhere/python", "run", "quick.ipynb");

        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(ExitCodes.FAILED);
        assertThat(ended.err()).contains("Python '/nowhere/python' of the setting papermill.python does not exist");
    }

    @ParameterizedTest
    @EnumSource
    void thePythonOfEachEntranceIsThatOfDoctor(Entrance entrance) throws Exception {
        NbguardProcess.Ended ended = nbguard(entrance, "papermill.python", "/nowhere/python", "doctor", "--json");

        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(ExitCodes.FAILED);
        assertThat(ended.out()).contains("Python '/nowhere/python' of the setting papermill.python does not exist");
    }

    @Test
    void doctorLooksAsAGuardWithTheseSettingsDoes() throws Exception {
        NbguardProcess.Ended watching =
                nbguard(Map.of("NBGUARD_CGROUP_TIER", "read-only"), List.of(), "doctor", "--json");
        NbguardProcess.Ended blind = nbguard(Map.of(), List.of("--set", "cgroup.proc=" + folder), "doctor", "--json");

        assertThat(watching.exitCode()).as(watching.out()).isEqualTo(ExitCodes.OK);
        assertThat(watching.out()).contains("read-only: cgroup.tier = read-only");
        assertThat(blind.exitCode()).as(blind.out()).isEqualTo(ExitCodes.FAILED);
        assertThat(blind.out()).contains(folder.toString());
    }

    @Test
    void anOptionCountsMoreThanTheFileAndTheFileMoreThanTheEnvironment() throws Exception {
        Files.writeString(folder.resolve("a.properties"), "papermill.python=/nowhere/file\n");
        Map<String, String> environment = Map.of("NBGUARD_PAPERMILL_PYTHON", "/nowhere/environment");

        assertThat(nbguard(environment, List.of("--settings", "a.properties"), "run", "quick.ipynb")
                        .err())
                .contains("Python '/nowhere/file'");
        assertThat(nbguard(
                                environment,
                                List.of("--settings", "a.properties", "--set", "papermill.python=/nowhere/set"),
                                "run",
                                "quick.ipynb")
                        .err())
                .contains("Python '/nowhere/set'");
        assertThat(nbguard(
                                environment,
                                List.of("--set", "papermill.python=/nowhere/set", "--python", "/nowhere/option"),
                                "run",
                                "quick.ipynb")
                        .err())
                .contains("Python '/nowhere/option'");
    }

    @Test
    void serveKeepsItsHistoryWhereTheSettingSays() throws Exception {
        NbguardProcess.Ended ended =
                nbguard(Map.of("NBGUARD_HISTORY_URL", "jdbc:h2:elsewhere"), List.of(), "serve", "--port", "0");

        assertThat(ended.exitCode()).as(ended.err()).isNotZero();
        assertThat(ended.err()).contains("history.url begins with 'jdbc:h2:'");
    }

    @Test
    void aNumberOfServeIsRefusedAlikeFromOptionAndEnvironment() throws Exception {
        String why = ": 'many' is not accepted: expected a whole number, ";

        assertThat(nbguard(Map.of(), List.of("--max-concurrent", "many"), "serve")
                        .err())
                .contains("--max-concurrent" + why + "1 or more");
        assertThat(nbguard(Map.of("NBGUARD_MAX_CONCURRENT", "many"), List.of(), "serve")
                        .err())
                .contains("environment: NBGUARD_MAX_CONCURRENT" + why + "1 or more");
        assertThat(nbguard(Map.of("NBGUARD_MAX_QUEUED", "many"), List.of(), "serve")
                        .err())
                .contains("environment: NBGUARD_MAX_QUEUED" + why + "0 or more");
        assertThat(nbguard(Map.of("NBGUARD_MAX_QUEUED", "many"), List.of("--max-queued", "-1"), "serve")
                        .err())
                .contains("--max-queued: '-1' is not accepted: expected a whole number, 0 or more");
    }

    @Test
    void aSettingsFileThatIsNotThereIsWrongUsage() throws Exception {
        NbguardProcess.Ended ended = nbguard(Map.of(), List.of("--settings", "missing"), "run", "quick.ipynb");

        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(ExitCodes.USAGE);
        assertThat(ended.err())
                .contains("--settings: the settings file '" + folder.resolve("missing") + "' cannot be read");
    }

    @Test
    void anOptionOfASettingNamesItself() throws Exception {
        NbguardProcess.Ended ended = nbguard(Map.of(), List.of("--tier", "best"), "run", "quick.ipynb");

        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(ExitCodes.USAGE);
        assertThat(ended.err()).contains("nbguard run: --tier: cgroup.tier: 'best' is not one of its values");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cgroup.jna=maybe | cgroup.jna: 'maybe' is not one of its values: expected on or off",
                "cgroup.reserve=12q | cgroup.reserve: '12q' is not a size: expected a number and an optional unit",
                "papermill.exit.timeout=soon | papermill.exit.timeout: 'soon' is not a duration: expected a number with",
            })
    void aMistypedValueIsWrongUsageAndItsKeyNamed(String setting, String message) throws Exception {
        NbguardProcess.Ended ended = NbguardProcess.run(folder, "run", "--set", setting, "quick.ipynb");

        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(ExitCodes.USAGE);
        assertThat(ended.err()).contains(message);
    }
}

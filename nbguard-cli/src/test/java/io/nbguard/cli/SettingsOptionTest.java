package io.nbguard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings of plugins on the command line. */
@Timeout(300)
class SettingsOptionTest {

    @TempDir
    Path folder;

    @Test
    void aMistypedSettingIsWrongUsageAndTheRightOneNamed() throws Exception {
        TestNotebook.write(folder.resolve("quick.ipynb"), "print('done')");

        NbguardProcess.Ended ended = NbguardProcess.run(folder, "run", "--set", "cgroup.teir=auto", "quick.ipynb");

        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(ExitCodes.USAGE);
        assertThat(ended.err()).contains("there is no setting 'cgroup.teir': did you mean 'cgroup.tier'?");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cgroup.priority=loud | cgroup.priority: 'loud' is not one of its values: expected real-time, nice or none",
                "cgroup.jna=maybe | cgroup.jna: 'maybe' is not one of its values: expected on or off",
                "cgroup.reserve=12q | cgroup.reserve: '12q' is not a size: expected a number and an optional unit",
                "papermill.exit.timeout=soon | papermill.exit.timeout: 'soon' is not a duration: expected a number with",
            })
    void aMistypedValueIsWrongUsageAndItsKeyNamed(String setting, String message) throws Exception {
        TestNotebook.write(folder.resolve("quick.ipynb"), "print('done')");

        NbguardProcess.Ended ended = NbguardProcess.run(folder, "run", "--set", setting, "quick.ipynb");

        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(ExitCodes.USAGE);
        assertThat(ended.err()).contains(message);
    }
}

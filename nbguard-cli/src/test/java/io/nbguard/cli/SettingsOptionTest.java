package io.nbguard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

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

    @Test
    void aSettingReachesItsPlugin() throws Exception {
        TestNotebook.write(folder.resolve("quick.ipynb"), "print('done')");

        NbguardProcess.Ended ended = NbguardProcess.run(folder, "run", "--set", "cgroup.priority=loud", "quick.ipynb");

        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(ExitCodes.USAGE);
        assertThat(ended.err()).contains("cgroup.priority = 'loud' is not a setting: expected real-time, nice or none");
    }
}

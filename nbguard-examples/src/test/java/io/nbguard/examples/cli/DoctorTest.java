package io.nbguard.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code nbguard doctor} on this machine. */
class DoctorTest {

    @TempDir
    Path folder;

    @Test
    @SuppressWarnings("unchecked")
    void whatIsNeededIsFoundHere() throws Exception {
        NbguardProcess.Ended doctor = NbguardProcess.run(folder, "doctor", "--json");

        assertThat(doctor.exitCode()).as(doctor.out()).isZero();
        assertThat(doctor.out()).endsWith("}\n").containsOnlyOnce("\n");
        Map<String, Object> found = JsonMap.parse(doctor.out());
        assertThat(found).containsEntry("ok", true).containsKey("version");
        assertThat((List<Map<String, Object>>) found.get("checks"))
                .extracting(check -> check.get("title"))
                .contains("Java", "Python", "papermill", "cgroup tier", "memory limit", "runtime folder", "outputs");
        assertThat((List<Map<String, Object>>) found.get("checks"))
                .filteredOn(check -> check.get("level").equals("PROBLEM"))
                .isEmpty();
        assertThat((List<Map<String, Object>>) found.get("plugins"))
                .extracting(plugin -> plugin.get("name"))
                .contains(
                        "nbguard-papermill",
                        "nbguard-cgroup2",
                        "nbguard-cgroup1",
                        "nbguard-host",
                        "nbguard-procfs",
                        "nbguard-heaviest",
                        "spare-the-nearly-done");
    }

    @Test
    void whatIsMissingIsNamedWithItsCureAndTheExitCodeSaysSo() throws Exception {
        NbguardProcess.Ended doctor = NbguardProcess.run(folder, "doctor", "--python", "/nowhere/python");

        assertThat(doctor.exitCode()).isEqualTo(1);
        assertThat(doctor.out())
                .contains("✗ Python", "/nowhere/python", "→ ", "Notebooks cannot be run here yet: one problem");
    }
}

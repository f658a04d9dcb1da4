package io.nbguard.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.spi.PluginConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupTierTest {

    private static final String GROUP = "sys/fs/cgroup";

    @TempDir
    Path root;

    @BeforeEach
    void aWritableContainer() throws IOException {
        file("proc/self/cgroup", "0::/\n");
        mount("rw,nosuid");
        file(GROUP + "/cgroup.controllers", "cpu memory\n");
        file(GROUP + "/cgroup.procs", "1\n");
        file(GROUP + "/cgroup.subtree_control", "\n");
        file(GROUP + "/cgroup.type", "domain\n");
    }

    private void mount(String options) throws IOException {
        file("proc/self/mountinfo", "30 20 0:26 / /sys/fs/cgroup " + options + " - cgroup2 cgroup rw,nsdelegate\n");
    }

    private void file(String path, String content) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private void assertReadOnly(String reason, String cure) {
        CgroupTier.Report report = CgroupTier.inspect(root, PluginConfig.EMPTY);
        assertThat(report.tier()).isEqualTo(CgroupTier.READ_ONLY);
        assertThat(report.reason()).contains(reason);
        assertThat(report.cure()).contains(cure);
    }

    @Test
    void aWritableTreeWithTheMemoryControllerAllowsTheBetterTier() {
        CgroupTier.Report report = CgroupTier.inspect(root, PluginConfig.EMPTY);

        assertThat(report.tier()).isEqualTo(CgroupTier.WRITABLE_POSSIBLE);
        assertThat(report.reason()).contains(root.resolve(GROUP).toString());
        assertThat(report.cure()).isEmpty();
    }

    @Test
    void nothingIsChangedByLooking() throws IOException {
        CgroupTier.inspect(root, PluginConfig.EMPTY);

        assertThat(root.resolve(GROUP + "/cgroup.subtree_control")).hasContent("\n");
        try (var files = Files.list(root.resolve(GROUP))) {
            assertThat(files).hasSize(4);
        }
    }

    @Test
    void aReadOnlyMountIsToldWithTheEnginesOptions() throws IOException {
        mount("ro,nosuid");

        assertReadOnly("/sys/fs/cgroup is mounted read-only", "writable-cgroups=true");
    }

    @Test
    void aFileThatMayNotBeWrittenIsNamed() throws IOException {
        Files.delete(root.resolve(GROUP + "/cgroup.subtree_control"));

        assertReadOnly("cgroup.subtree_control may not be written", "Delegate=yes");
    }

    @Test
    void withoutTheMemoryControllerTheOthersAreNamed() throws IOException {
        file(GROUP + "/cgroup.controllers", "cpu pids\n");
        assertReadOnly("(cpu pids)", "+memory");

        file(GROUP + "/cgroup.controllers", "\n");
        assertReadOnly("(none)", "+memory");

        Files.delete(root.resolve(GROUP + "/cgroup.controllers"));
        assertReadOnly("cannot be read (no such file)", "read the cgroup file system");
    }

    @Test
    void aThreadedGroupCannotLimitMemory() throws IOException {
        file(GROUP + "/cgroup.type", "threaded\n");

        assertReadOnly("threaded", "domain");
    }

    @Test
    void aMachineOnCgroup1IsReadOnly() throws IOException {
        file("proc/self/cgroup", "4:memory:/x\n0::/\n");
        assertReadOnly("cgroup v1", "systemd.unified_cgroup_hierarchy=1");

        Files.writeString(root.resolve("proc/self/mountinfo"), "");
        assertReadOnly("not mounted", "mount it");
    }

    @Test
    void whatIsSetCountsAsForAGuard() {
        assertThat(CgroupTier.inspect(root, new PluginConfig(Map.of("cgroup.tier", "read-only"))))
                .isEqualTo(new CgroupTier.Report(CgroupTier.READ_ONLY, "cgroup.tier = read-only", ""));
        assertThat(CgroupTier.inspect(root, new PluginConfig(Map.of("cgroup.jna", "off")))
                        .reason())
                .contains("system calls are needed", "cgroup.jna");
    }

    @Test
    void thisMachineIsInspectedWithoutAnError() {
        CgroupTier.Report report = CgroupTier.inspect(PluginConfig.EMPTY);

        assertThat(report.reason()).isNotEmpty();
        assertThat(report.cure().isEmpty()).isEqualTo(report.tier() == CgroupTier.WRITABLE_POSSIBLE);
    }
}

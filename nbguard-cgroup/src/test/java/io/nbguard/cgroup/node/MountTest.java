package io.nbguard.cgroup.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountTest {

    @TempDir
    Path root;

    private List<Mount> mounts(String... lines) throws IOException {
        new Fixture(root).mounts(lines);
        return Mount.all(root);
    }

    @Test
    void theFieldsAreFoundAroundAnyNumberOfOptionalOnes() throws IOException {
        assertThat(mounts(
                        "30 20 0:26 /a /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw,nsdelegate",
                        "31 20 0:27 / /x ro shared:9 master:1 propagate_from:2 - tmpfs tmpfs rw"))
                .containsExactly(
                        new Mount("/a", "/sys/fs/cgroup", "cgroup2", List.of("rw", "nsdelegate"), false),
                        new Mount("/", "/x", "tmpfs", List.of("rw"), true));
    }

    @Test
    void blanksAndBackslashesInNamesAreUnescaped() throws IOException {
        Mount mount = mounts("30 20 0:26 /a\\040b\\134c /my\\040\\011dir\\012\\08 rw - cgroup2 none rw")
                .get(0);

        assertThat(mount.root()).isEqualTo("/a b\\c");
        assertThat(mount.mountPoint()).isEqualTo("/my \tdir\n\\08");
    }

    @Test
    void aFileSystemThatIsReadOnlyMakesItsMountsSo() throws IOException {
        assertThat(mounts("30 20 0:26 / /c rw - cgroup2 none ro").get(0).readOnly())
                .isTrue();
    }

    @Test
    void linesThatAreNoMountsAreLeftOut() throws IOException {
        assertThat(mounts("", "garbage", "30 20 0:26 / /c rw - ", "30 20 0:26 / /c rw shared:1 cgroup2 none rw"))
                .isEmpty();
    }

    @Test
    void theMountsOfThisMachineCanBeRead() throws IOException {
        assertThat(Mount.all(Path.of("/"))).extracting(Mount::mountPoint).contains("/", "/proc");
    }
}

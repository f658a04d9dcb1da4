package io.nbguard.cgroup.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.spi.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineageTest {

    @TempDir
    Path root;

    private Fixture fixture;

    @BeforeEach
    void start() {
        fixture = new Fixture(root);
    }

    private List<String> unified() throws UnavailableException {
        return names(Lineage.unified(root));
    }

    private List<String> names(Lineage lineage) {
        return lineage.directories().stream()
                .map(directory -> "/" + root.relativize(directory))
                .toList();
    }

    private void directories(String... paths) throws IOException {
        for (String path : paths) {
            Files.createDirectories(root.resolve(path));
        }
    }

    @Test
    void aPrivateNamespaceShowsOurGroupAtTheMountPoint() throws Exception {
        fixture.file("proc/self/cgroup", "0::/\n");
        fixture.mounts("30 20 0:26 / /sys/fs/cgroup ro - cgroup2 cgroup rw");
        directories("sys/fs/cgroup");

        assertThat(unified()).containsExactly("/sys/fs/cgroup");
    }

    @Test
    void onAHostAllGroupsAboveOursAreFound() throws Exception {
        fixture.file("proc/self/cgroup", "0::/system.slice/a.scope\n");
        fixture.mounts("30 20 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup rw");
        directories("sys/fs/cgroup/system.slice/a.scope");

        assertThat(unified())
                .containsExactly(
                        "/sys/fs/cgroup/system.slice/a.scope", "/sys/fs/cgroup/system.slice", "/sys/fs/cgroup");
    }

    @Test
    void withTheHostsNamespaceTheMountedPartIsTakenOffOurPath() throws Exception {
        fixture.file("proc/self/cgroup", "0::/docker/abc/inner\n");
        fixture.mounts("30 20 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw");
        directories("sys/fs/cgroup/inner");

        assertThat(unified()).containsExactly("/sys/fs/cgroup/inner", "/sys/fs/cgroup");
    }

    @Test
    void aMountOfAGroupWhoseNameOnlyBeginsLikeOursIsNotOurs() throws Exception {
        fixture.file("proc/self/cgroup", "0::/docker/abcdef\n");
        fixture.mounts("30 20 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw");
        directories("sys/fs/cgroup/def");

        assertThatThrownBy(this::unified)
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("/docker/abcdef")
                .hasMessageContaining("/docker/abc is mounted");
    }

    @Test
    void namesWithBlanksAndColonsAreFound() throws Exception {
        fixture.file("proc/self/cgroup", "0::/a:b/c d\n");
        fixture.mounts("30 20 0:26 /a:b /my\\040groups rw - cgroup2 cgroup rw");
        directories("my groups/c d");

        assertThat(unified()).containsExactly("/my groups/c d", "/my groups");
    }

    @Test
    void onAHybridMachineEachControllerHasItsOwnPath() throws Exception {
        fixture.file("proc/self/cgroup", "5:cpu,cpuacct:/c\n4:memory:/m\n1:name=systemd:/s\n0::/\n");
        fixture.mounts(
                "31 20 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw",
                "32 20 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory",
                "33 20 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct");
        directories("sys/fs/cgroup/unified", "sys/fs/cgroup/memory/m", "sys/fs/cgroup/cpu,cpuacct/c");

        assertThat(unified()).containsExactly("/sys/fs/cgroup/unified");
        assertThat(names(Lineage.legacy(root, "memory")))
                .containsExactly("/sys/fs/cgroup/memory/m", "/sys/fs/cgroup/memory");
        assertThat(names(Lineage.legacy(root, "cpuacct")))
                .containsExactly("/sys/fs/cgroup/cpu,cpuacct/c", "/sys/fs/cgroup/cpu,cpuacct");
        assertThatThrownBy(() -> Lineage.legacy(root, "pids")).hasMessageContaining("cgroup v1 pids");
        assertThat(Lineage.isLegacy(root, "memory")).isTrue();
        assertThat(Lineage.isLegacy(root, "pids")).isFalse();
    }

    @Test
    void aRemovedGroupLeavesTheNearestLivingOne() throws Exception {
        fixture.file("proc/self/cgroup", "0::/a/b/c (deleted)\n");
        fixture.mounts("30 20 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup rw");
        directories("sys/fs/cgroup/a");

        assertThat(unified()).containsExactly("/sys/fs/cgroup/a", "/sys/fs/cgroup");
    }

    @Test
    void aGroupMayReallyBeCalledDeleted() throws Exception {
        fixture.file("proc/self/cgroup", "0::/b (deleted)\n");
        fixture.mounts("30 20 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup rw");
        directories("sys/fs/cgroup/b (deleted)", "sys/fs/cgroup/b");

        assertThat(unified()).containsExactly("/sys/fs/cgroup/b (deleted)", "/sys/fs/cgroup");
    }

    @Test
    void ofTwoMountsTheOneThatShowsMoreIsTaken() throws Exception {
        fixture.file("proc/self/cgroup", "0::/docker/abc\n");
        fixture.mounts(
                "30 20 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw",
                "31 20 0:26 / /host/cgroup ro - cgroup2 cgroup rw");
        directories("sys/fs/cgroup", "host/cgroup/docker/abc");

        assertThat(unified()).containsExactly("/host/cgroup/docker/abc", "/host/cgroup/docker", "/host/cgroup");
    }

    @Test
    void aMountFromAnOuterNamespaceIsSearchedForOurProcess() throws Exception {
        fixture.file("proc/4711/cgroup", "0::/\n");
        fixture.file("proc/4711/mountinfo", "30 20 0:26 /../.. /sys/fs/cgroup rw - cgroup2 cgroup rw\n");
        Files.createSymbolicLink(root.resolve("proc/self"), Path.of("4711"));
        fixture.file("sys/fs/cgroup/cgroup.procs", "1\n");
        fixture.file("sys/fs/cgroup/pod/cgroup.procs", "471\n47110\n");
        fixture.file("sys/fs/cgroup/pod/box/cgroup.procs", "7\n4711\n");

        assertThat(unified()).containsExactly("/sys/fs/cgroup/pod/box", "/sys/fs/cgroup/pod", "/sys/fs/cgroup");
    }

    @Test
    void aPathOutsideOfOurNamespaceNeverLeadsOutOfTheMount() throws Exception {
        fixture.file("proc/self/cgroup", "0::/../etc\n");
        fixture.mounts("30 20 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup rw");
        directories("sys/fs/cgroup", "sys/fs/etc");

        assertThatThrownBy(this::unified).isInstanceOfSatisfying(UnavailableException.class, e -> assertThat(e.cure())
                .contains("namespace"));
    }

    @Test
    void withoutAMountOrAProcTheReasonAndTheCureAreTold() {
        fixture.file("proc/self/cgroup", "0::/\n");
        fixture.mounts("22 1 0:21 / /proc rw - proc proc rw");
        assertThatThrownBy(this::unified)
                .hasMessage("cgroup v2 is not mounted here")
                .isInstanceOfSatisfying(
                        UnavailableException.class, e -> assertThat(e.cure()).isNotEmpty());

        fixture.remove("proc");
        assertThatThrownBy(this::unified)
                .hasMessageContaining("no such file")
                .isInstanceOfSatisfying(
                        UnavailableException.class, e -> assertThat(e.cure()).contains("/proc"));
    }
}

package io.nbguard.cgroup.leaf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.resource.Allocation;
import io.nbguard.api.resource.DockerKeys;
import io.nbguard.api.resource.Resource;
import io.nbguard.api.resource.ResourceSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeafLimitsTest {

    private static final long MIB = 1L << 20;

    @TempDir
    private Path folder;

    private Path leaf;
    private LeafLimits limits;

    @BeforeEach
    void make() throws IOException {
        Files.writeString(folder.resolve("cgroup.subtree_control"), "cpuset cpu io memory pids\n");
        leaf = Files.createDirectory(folder.resolve("leaf"));
        for (Path group : List.of(folder, leaf)) {
            for (String file : List.of("memory.max", "memory.swap.max", "cpu.max", "pids.max", "io.max")) {
                Files.writeString(group.resolve(file), "max\n");
            }
            Files.writeString(group.resolve("cpu.weight"), "100\n");
            Files.writeString(group.resolve("cpuset.cpus"), "\n");
        }
        Files.writeString(folder.resolve("cpuset.cpus.effective"), "0-3\n");
        limits = LeafLimits.in(folder, "4096");
    }

    private static ResourceSpec memory(String size) {
        return DockerKeys.parse(Map.of("mem_limit", size));
    }

    private String value(String file) throws IOException {
        return Files.readString(leaf.resolve(file)).strip();
    }

    private static void assertRefused(ErrorCode code, ThrowingCallable change, String... said) {
        assertThatThrownBy(change)
                .isInstanceOfSatisfying(
                        GuardException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContainingAll(said);
    }

    @Test
    void theKernelsLimitIsALittleBeyondTheWatchdogs() throws IOException {
        limits.set(leaf, memory("100m"));
        assertThat(value("memory.max")).isEqualTo(Long.toString(116 * MIB));
        limits.set(leaf, memory("1g"));
        assertThat(value("memory.max")).isEqualTo(Long.toString(1088 * MIB));
        limits.change(leaf, memory("200m"), -1);
        assertThat(value("memory.max")).isEqualTo(Long.toString(216 * MIB));
        limits.change(leaf, ResourceSpec.NONE, 5_000 * MIB);
        assertThat(value("memory.max")).isEqualTo("max");
    }

    @Test
    void eachLimitStandsInItsFile() throws IOException {
        limits.set(
                leaf,
                DockerKeys.parse(Map.of(
                        "mem_limit",
                        "1g",
                        "memswap_limit",
                        "1536m",
                        "cpu_quota",
                        250_000,
                        "cpu_shares",
                        2_048,
                        "cpuset_cpus",
                        "0,2",
                        "pids_limit",
                        64)));

        assertThat(value("memory.max"))
                .as("it is swapped at its limit, and the watchdog leaves it to the kernel")
                .isEqualTo(Long.toString(1024 * MIB));
        assertThat(value("memory.swap.max")).isEqualTo(Long.toString(512 * MIB));
        assertThat(value("cpu.max")).isEqualTo("250000 100000");
        assertThat(value("cpu.weight")).isEqualTo("200");
        assertThat(value("cpuset.cpus")).isEqualTo("0,2");
        assertThat(value("pids.max")).isEqualTo("64");
    }

    @Test
    void withoutLimitsThereIsNoSwapAndTheUsualBoundOnProcesses() throws IOException {
        limits.set(leaf, ResourceSpec.NONE);

        assertThat(value("memory.swap.max")).isEqualTo("0");
        assertThat(value("pids.max")).isEqualTo("4096");
        assertThat(value("cpu.max")).isEqualTo("max");
        assertThat(value("cpu.weight")).isEqualTo("100");
    }

    @Test
    void unlimitedIsNoBoundAtAll() throws IOException {
        limits.set(leaf, DockerKeys.parse(Map.of("mem_limit", "1g", "memswap_limit", -1, "pids_limit", -1)));

        assertThat(value("memory.swap.max")).isEqualTo("max");
        assertThat(value("pids.max")).isEqualTo("max");
    }

    @Test
    void aChangeReplacesAllLimits() throws IOException {
        limits.set(leaf, DockerKeys.parse(Map.of("cpus", 2, "cpuset_cpus", "1", "pids_limit", 9, "cpu_shares", 2)));
        assertThat(value("cpu.weight")).isEqualTo("1");

        limits.change(leaf, DockerKeys.parse(Map.of("cpus", "500m")), 0);

        assertThat(value("cpu.max")).isEqualTo("50000 100000");
        assertThat(value("cpuset.cpus")).isEmpty();
        assertThat(value("pids.max")).isEqualTo("4096");
        assertThat(value("cpu.weight")).isEqualTo("100");
    }

    @Test
    void aLimitBelowWhatIsHeldIsRefusedAndNothingChanges() throws IOException {
        limits.change(leaf, memory("100m"), 116 * MIB);
        assertRefused(
                ErrorCode.ILLEGAL_STATE,
                () -> limits.change(leaf, memory("50m"), 70 * MIB),
                "50.0 MiB",
                "it holds 70.0 MiB");
        assertThat(value("memory.max")).isEqualTo(Long.toString(116 * MIB));
    }

    @Test
    void whatTheKernelRefusesIsSaidWithTheFile() throws IOException {
        Files.delete(leaf.resolve("memory.max"));
        assertRefused(
                ErrorCode.ENVIRONMENT, () -> limits.change(leaf, memory("50m"), 0), "memory.max", leaf.toString());
    }

    @Test
    void whatIsNotHandedOnIsNotEnforced() throws IOException {
        Files.writeString(folder.resolve("cgroup.subtree_control"), "memory pids\n");
        Files.delete(folder.resolve("memory.swap.max"));
        LeafLimits fewer = LeafLimits.in(folder, "4096");

        assertThat(fewer.enforcement()).containsOnlyKeys(Resource.MEMORY, Resource.PIDS);
        assertRefused(
                ErrorCode.UNSUPPORTED,
                () -> fewer.check(Allocation.of(
                        DockerKeys.parse(Map.of("mem_limit", "1g", "cpus", 2, "cpuset_cpus", "0", "pids_limit", 9)))),
                "a cgroup of an execution cannot limit cpu, cpuset");
    }

    @Test
    void whatNoLeafHasIsRefused() {
        assertRefused(
                ErrorCode.UNSUPPORTED,
                () -> limits.check(Allocation.of(DockerKeys.parse(Map.of("mem_swappiness", 10, "disk", "1g")))),
                "cannot limit swappiness, disk");
        limits.check(Allocation.of(memory("1g")));
    }

    @Test
    void cpusBeyondTheMachineAreRefusedWithBothValues() {
        limits.check(Allocation.of(DockerKeys.parse(Map.of("cpuset_cpus", "0-3"))));
        assertRefused(
                ErrorCode.INVALID_REQUEST,
                () -> limits.check(Allocation.of(DockerKeys.parse(Map.of("cpuset_cpus", "0-3,8")))),
                "0-3,8",
                "have 0-3");
    }

    @Test
    void whatIsNoBlockDeviceIsRefused() {
        for (String path : List.of("/dev/null", "/dev/none", "/etc/hostname")) {
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    () -> limits.check(Allocation.of(DockerKeys.parse(
                            Map.of("device_read_bps", List.of(Map.of("Path", path, "Rate", 1_048_576)))))),
                    path,
                    "lsblk");
        }
    }
}

package io.nbguard.cgroup.leaf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.resource.Allocation;
import io.nbguard.api.resource.DockerKeys;
import io.nbguard.api.resource.ResourceSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeafLimitsTest {

    private static final long MIB = 1L << 20;

    @TempDir
    private Path leaf;

    private static ResourceSpec memory(String size) {
        return DockerKeys.parse(Map.of("mem_limit", size));
    }

    private void setMax(String value) throws IOException {
        Files.writeString(leaf.resolve("memory.max"), value);
    }

    private static void assertRefused(ErrorCode code, ThrowingCallable change, String... said) {
        assertThatThrownBy(change)
                .isInstanceOfSatisfying(
                        GuardException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContainingAll(said);
    }

    @Test
    void theKernelsLimitIsALittleBeyondTheWatchdogs() throws IOException {
        setMax("max");
        LeafLimits.set(leaf, memory("100m"));
        assertThat(leaf.resolve("memory.max")).hasContent(Long.toString(116 * MIB));
        LeafLimits.set(leaf, memory("1g"));
        assertThat(leaf.resolve("memory.max")).hasContent(Long.toString(1088 * MIB));
        LeafLimits.change(leaf, memory("200m"), -1);
        assertThat(leaf.resolve("memory.max")).hasContent(Long.toString(216 * MIB));
        LeafLimits.change(leaf, ResourceSpec.NONE, 5_000 * MIB);
        assertThat(leaf.resolve("memory.max")).hasContent("max");
    }

    @Test
    void aLimitBelowWhatIsHeldIsRefusedAndNothingChanges() throws IOException {
        setMax("max");
        LeafLimits.change(leaf, memory("100m"), 116 * MIB);
        assertRefused(
                ErrorCode.ILLEGAL_STATE,
                () -> LeafLimits.change(leaf, memory("50m"), 70 * MIB),
                "50.0 MiB",
                "it holds 70.0 MiB");
        assertThat(leaf.resolve("memory.max")).hasContent(Long.toString(116 * MIB));
    }

    @Test
    void whatTheKernelRefusesIsSaidWithTheFile() {
        assertRefused(
                ErrorCode.ENVIRONMENT, () -> LeafLimits.change(leaf, memory("50m"), 0), "memory.max", leaf.toString());
    }

    @Test
    void otherLimitsThanMemoryAreRefused() {
        Allocation much = Allocation.of(DockerKeys.parse(Map.of("mem_limit", "1g", "cpus", 2, "pids_limit", 9)));
        assertRefused(
                ErrorCode.UNSUPPORTED, () -> LeafLimits.check(much), "a cgroup of an execution cannot limit cpu, pids");
        LeafLimits.check(Allocation.of(memory("1g")));
    }
}

package io.nbguard.cgroup.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardException;
import io.nbguard.api.resource.Allocation;
import io.nbguard.api.resource.DockerKeys;
import io.nbguard.api.resource.Enforcement;
import io.nbguard.api.resource.Resource;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.process.ProcessGroup;
import io.nbguard.spi.process.TrackerSession;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ProcLimitsTest {

    private static Allocation limits(Map<String, Object> keys) {
        return Allocation.of(DockerKeys.parse(keys));
    }

    private static void assertUnsupported(ThrowingCallable call, String said) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GuardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED))
                .hasMessageContaining(said);
    }

    @Test
    void theMemoryOfAProcessTreeIsLimitedByTheWatchdogAndNothingElseIs() throws Exception {
        try (TrackerSession session = new ProcTracker().open(PluginConfig.EMPTY)) {
            assertThat(session.enforcement()).containsOnlyKeys(Resource.MEMORY);
            assertThat(session.enforcement().get(Resource.MEMORY).strength()).isEqualTo(Enforcement.Strength.SOFT);

            assertUnsupported(
                    () -> session.create(ExecutionId.random(), limits(Map.of("cpus", 2))),
                    "a tracker of process trees cannot limit cpu: it can limit memory");
            try (ProcessGroup group = session.create(ExecutionId.random(), limits(Map.of("mem_limit", "1g")))) {
                group.update(limits(Map.of("mem_limit", "2g")));
                assertUnsupported(() -> group.update(limits(Map.of("pids_limit", 9))), "cannot limit pids");
            }
        }
    }
}

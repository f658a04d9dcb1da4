package io.nbguard.api.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ByteSize;
import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllocationTest {

    @Test
    void limitsThatCannotBeKeptAreRefusedByName() {
        Allocation given = Allocation.of(ResourceSpec.builder()
                .memory(ByteSize.ofGibibytes(1))
                .cpus(2)
                .pids(100)
                .build());
        assertThatThrownBy(() -> given.requireOnly(Set.of(Resource.MEMORY), "the tracker of the test"))
                .isInstanceOfSatisfying(
                        GuardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED))
                .hasMessageContainingAll("the tracker of the test cannot limit cpu, pids", "it can limit memory");
        assertThatCode(() -> given.requireOnly(Set.of(Resource.MEMORY, Resource.CPU, Resource.PIDS), "it"))
                .doesNotThrowAnyException();
        assertThatCode(() -> Allocation.NONE.requireOnly(Set.of(), "it")).doesNotThrowAnyException();
    }

    @Test
    void aDeviceIsGivenOnce() {
        DeviceId device = new DeviceId("GPU-4a2f");
        assertThatThrownBy(() -> new Allocation(ResourceSpec.NONE, List.of(device, device)))
                .hasMessageContainingAll("twice", "GPU-4a2f");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "0,1", "device=0", "GPU-1\n"})
    void whatIsNoIdIsRefused(String id) {
        assertThatThrownBy(() -> new DeviceId(id)).hasMessageContaining("'" + id + "'");
        assertThatThrownBy(() -> GpuRequest.these(List.of(id))).hasMessageContaining("'" + id + "'");
    }
}

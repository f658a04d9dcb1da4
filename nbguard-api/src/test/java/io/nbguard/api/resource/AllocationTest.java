package io.nbguard.api.resource;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllocationTest {

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

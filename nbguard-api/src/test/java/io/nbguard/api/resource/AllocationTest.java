package io.nbguard.api.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.measure.ByteSize;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    @Test
    void codeLearnsItsLimitsFromItsEnvironment() {
        Allocation allocation = new Allocation(
                ResourceSpec.builder()
                        .memory(ByteSize.parse("1g"))
                        .cpuQuotaMicros(250_000)
                        .pids(64)
                        .disk(ByteSize.parse("10g"))
                        .gpus(GpuRequest.any(2))
                        .gpuMemory(ByteSize.parse("8g"))
                        .build(),
                List.of(new DeviceId("0"), new DeviceId("GPU-4a2f")));

        assertThat(allocation.environment())
                .containsEntry("NBGUARD_MEMORY_LIMIT", "1073741824")
                .containsEntry("NBGUARD_CPU_LIMIT", "2.5")
                .containsEntry("NBGUARD_PIDS_LIMIT", "64")
                .containsEntry("NBGUARD_DISK_LIMIT", "10737418240")
                .containsEntry("NBGUARD_GPU_MEMORY_LIMIT", "8589934592")
                .containsEntry("NBGUARD_GPU_DEVICES", "0,GPU-4a2f")
                .containsEntry("OMP_NUM_THREADS", "3")
                .containsEntry("LOKY_MAX_CPU_COUNT", "3")
                .hasSize(13);
        assertThat(Allocation.NONE.environment()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0.01,'',1", "1,'',1", "2.5,'',3", "'','0-3,8',5", "2.5,'0,1',2", "1,'0-3',1"})
    void aLibraryStartsAThreadForEachCoreThatItMayUse(String cores, String cpus, String threads) {
        ResourceSpec.Builder limits = ResourceSpec.builder();
        if (!cores.isEmpty()) {
            limits.cpus(cores);
        }
        if (!cpus.isEmpty()) {
            limits.cpuset(CpuSet.parse(cpus));
        }
        assertThat(Allocation.of(limits.build()).environment())
                .containsEntry("OPENBLAS_NUM_THREADS", threads)
                .containsEntry("RAYON_NUM_THREADS", threads);
    }
}

package io.nbguard.api.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.measure.ByteSize;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ResourceSpecTest {

    private static final IoLimit IO = new IoLimit(
            "/dev/sda",
            Optional.of(ByteSize.ofMebibytes(1)),
            Optional.empty(),
            OptionalLong.empty(),
            OptionalLong.of(9));

    private static ResourceSpec.Builder everything() {
        return ResourceSpec.builder()
                .memory(ByteSize.ofGibibytes(2))
                .memorySwap(ByteSize.ofGibibytes(3))
                .swappiness(10)
                .cpus(2.5)
                .cpuShares(512)
                .cpuset(CpuSet.parse("0-3"))
                .pids(100)
                .io(List.of(IO))
                .disk(ByteSize.ofGibibytes(10))
                .gpus(GpuRequest.any(2))
                .gpuMemory(ByteSize.ofGibibytes(8));
    }

    @Test
    void everyResourceCanBeLimited() {
        ResourceSpec spec = everything().build();
        assertThat(spec.limited()).isEqualTo(EnumSet.allOf(Resource.class));
        assertThat(spec)
                .isEqualTo(everything().build())
                .isEqualTo(spec.toBuilder().build());
        assertThat(spec.toString()).contains("memory 2.0 GiB", "cpu 2.5 cores", "cpuset 0-3", "pids 100");
        assertThat(ResourceSpec.NONE.limited()).isEmpty();
        assertThat(ResourceSpec.NONE).hasToString("no limits");
    }

    @Test
    void aLimitThatIsReplacedLeavesTheOthersAsTheyWere() {
        ResourceSpec usual = everything().build();
        assertThat(usual.toBuilder().cpuQuotaMicros(50_000).build().cpu()).contains(CpuLimit.ofCores(0.5));
        assertThat(usual.toBuilder().cpuPeriodMicros(10_000).build().cpu()).contains(new CpuLimit(25_000, 10_000));
        assertThat(usual.toBuilder().cpus("1500m").build())
                .isEqualTo(everything().cpus(1.5).build());
    }

    @Test
    void whatIsUnlimitedHasNoValueAndNoLimitThatIsSetLaterIsUnlimited() {
        ResourceSpec.Builder builder = everything();
        Set<Resource> possible = EnumSet.of(
                Resource.MEMORY_SWAP, Resource.MEMORY, Resource.CPU, Resource.PIDS, Resource.DISK, Resource.GPU_MEMORY);
        possible.forEach(builder::unlimited);
        assertThat(builder.build().unlimited()).isEqualTo(possible);
        assertThat(builder.build().limited()).isEqualTo(EnumSet.complementOf(EnumSet.copyOf(possible)));
        assertThat(builder.build().toBuilder().build()).isEqualTo(builder.build());
        ResourceSpec again = builder.memory(ByteSize.ofGibibytes(1)).cpus(1).build();
        assertThat(again.unlimited()).doesNotContain(Resource.MEMORY, Resource.CPU);
        Arrays.stream(Resource.values())
                .filter(resource -> !possible.contains(resource))
                .forEach(resource -> assertThatThrownBy(() -> everything().unlimited(resource))
                        .hasMessageContaining("'" + resource.key() + "'"));
    }

    @Test
    void limitsThatContradictEachOtherAreRefusedWithBothValues() {
        ByteSize gibibyte = ByteSize.ofGibibytes(1);
        assertThatThrownBy(() -> ResourceSpec.builder()
                        .memory(gibibyte)
                        .memorySwap(ByteSize.ofMebibytes(512))
                        .build())
                .hasMessageContainingAll("512.0 MiB", "1.0 GiB");
        assertThatThrownBy(() -> ResourceSpec.builder()
                        .memory(ByteSize.ofBytes(1610612737))
                        .memorySwap(ByteSize.ofBytes(1610612736))
                        .build())
                .hasMessageContainingAll("1610612736 B", "1610612737 B");
        assertThatThrownBy(() ->
                        ResourceSpec.builder().cpus(2).cpuQuotaMicros(250_000).build())
                .hasMessageContainingAll("2 cores", "250000", "2.5 cores");
        assertThatThrownBy(() -> ResourceSpec.builder()
                        .gpus(GpuRequest.NONE)
                        .gpuMemory(gibibyte)
                        .build())
                .hasMessageContainingAll("1.0 GiB", "0 GPUs");
        assertThatThrownBy(() -> ResourceSpec.builder().io(List.of(IO, IO))).hasMessageContaining("/dev/sda");
    }

    @Test
    void aValueOutOfRangeIsRefusedAtOnce() {
        ResourceSpec.Builder builder = ResourceSpec.builder();
        assertThatThrownBy(() -> builder.memory(ByteSize.ofMebibytes(5))).hasMessageContainingAll("5.0 MiB", "6.0 MiB");
        assertThatThrownBy(() -> builder.memorySwap(ByteSize.ZERO)).hasMessageContaining("0 B");
        assertThatThrownBy(() -> builder.swappiness(101)).hasMessageContainingAll("101", "0 to 100");
        assertThatThrownBy(() -> builder.cpus(0)).hasMessageContaining("0.01");
        assertThatThrownBy(() -> builder.cpus("many")).hasMessageContaining("'many'");
        assertThatThrownBy(() -> builder.cpuQuotaMicros(0)).hasMessageContaining("1000 or more");
        assertThatThrownBy(() -> builder.cpuPeriodMicros(0)).hasMessageContaining("1000 to 1000000");
        assertThatThrownBy(() -> builder.cpuShares(1)).hasMessageContainingAll("1", "2 to 262144");
        assertThatThrownBy(() -> builder.pids(0)).hasMessageContaining("1 or more");
        assertThatThrownBy(() -> builder.disk(ByteSize.ZERO)).hasMessageContaining("more than 0");
        assertThatThrownBy(() -> builder.gpuMemory(ByteSize.ZERO)).hasMessageContaining("more than 0");
        assertThat(builder.build()).isEqualTo(ResourceSpec.NONE);
    }
}

package io.nbguard.api.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Reading;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CapacityTest {

    private static <T> Reading<T> read(T value) {
        return new Reading.Value<>(value, "the test");
    }

    private static Device gpu(int index, String id, Reading<ByteSize> memory) {
        return new Device(new DeviceId(id), index, "Model X", memory);
    }

    private static Reading<ByteSize> unknown() {
        return new Reading.Unavailable<>("the driver does not say", "the test");
    }

    private static final Capacity BOX = new Capacity(
            read(ByteSize.ofGibibytes(16)),
            read(3.5),
            read(CpuSet.parse("0-3")),
            read(ByteSize.ofGibibytes(100)),
            read(List.of(
                    gpu(0, "GPU-1", read(ByteSize.ofGibibytes(24))), gpu(1, "GPU-2", read(ByteSize.ofGibibytes(8))))));

    static Stream<Arguments> fits() {
        return Stream.of(
                arguments(Map.of()),
                arguments(Map.of("mem_limit", "16g", "cpus", 3.5, "cpuset_cpus", "0,3", "disk", "100g")),
                arguments(Map.of("gpus", 2, "gpu_memory", "8g")),
                arguments(Map.of("gpus", 1, "gpu_memory", "24g")),
                arguments(Map.of("gpus", "all")),
                arguments(Map.of("gpu_devices", "0,GPU-2")));
    }

    @ParameterizedTest
    @MethodSource("fits")
    void whatFitsHasNoShortfall(Map<String, Object> asked) {
        assertThat(BOX.shortfalls(DockerKeys.parse(asked))).isEmpty();
    }

    static Stream<Arguments> tooMuch() {
        return Stream.of(
                arguments(Map.of("mem_limit", 17179869185L), List.of("17179869185 B", "17179869184 B")),
                arguments(Map.of("cpus", 4), List.of("4 cores", "3.5")),
                arguments(Map.of("cpuset_cpus", "2-7"), List.of("2-7", "0-3")),
                arguments(Map.of("disk", "101g"), List.of("101.0 GiB", "100.0 GiB")),
                arguments(Map.of("gpus", 3), List.of("3 GPUs", "are 2")),
                arguments(Map.of("gpus", 2, "gpu_memory", "16g"), List.of("2 GPUs with 16.0 GiB each", "are 1")),
                arguments(Map.of("gpus", "all", "gpu_memory", "16g"), List.of("16.0 GiB each", "are 1")),
                arguments(Map.of("gpu_devices", "1", "gpu_memory", "16g"), List.of("16.0 GiB each", "are 0")),
                arguments(Map.of("gpu_devices", "0,2"), List.of("GPU '2'", "GPU-1", "GPU-2")));
    }

    @ParameterizedTest
    @MethodSource("tooMuch")
    void whatCanNeverFitIsSaidWithBothNumbers(Map<String, Object> asked, List<String> named) {
        assertThat(BOX.shortfalls(DockerKeys.parse(asked))).singleElement().satisfies(shortfall -> assertThat(shortfall)
                .contains(named));
    }

    @Test
    void whatIsNotKnownIsNotCompared() {
        Capacity mystery = new Capacity(
                new Reading.Unlimited<>("the test"),
                new Reading.Unavailable<>("not read", "the test"),
                new Reading.Unavailable<>("not read", "the test"),
                unknown(),
                new Reading.Unavailable<>("no probe", "the test"));
        ResourceSpec much = DockerKeys.parse(
                Map.of("mem_limit", "1t", "cpus", 999, "cpuset_cpus", "99", "disk", "99t", "gpus", 99));
        assertThat(mystery.shortfalls(much)).isEmpty();
        Capacity silent = new Capacity(
                BOX.memory(), BOX.cores(), BOX.cpus(), BOX.disk(), read(List.of(gpu(0, "GPU-1", unknown()))));
        assertThat(silent.shortfalls(DockerKeys.parse(Map.of("gpus", 1, "gpu_memory", "99g"))))
                .isEmpty();
    }
}

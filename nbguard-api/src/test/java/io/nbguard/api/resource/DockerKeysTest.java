package io.nbguard.api.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.nbguard.api.measure.ByteSize;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DockerKeysTest {

    private static ResourceSpec spec(Consumer<ResourceSpec.Builder> limits) {
        ResourceSpec.Builder builder = ResourceSpec.builder();
        limits.accept(builder);
        return builder.build();
    }

    private static ByteSize size(String text) {
        return ByteSize.parse(text);
    }

    static Stream<Arguments> understood() {
        return Stream.of(
                arguments(Map.of(), ResourceSpec.NONE),
                arguments(Map.of("mem_limit", "1g"), spec(it -> it.memory(size("1g")))),
                arguments(Map.of("mem_limit", "100000000b"), spec(it -> it.memory(ByteSize.ofBytes(100_000_000)))),
                arguments(Map.of("mem_limit", "10000k"), spec(it -> it.memory(ByteSize.ofBytes(10_240_000)))),
                arguments(Map.of("mem_limit", "128m"), spec(it -> it.memory(ByteSize.ofMebibytes(128)))),
                arguments(Map.of("mem_limit", "1.5G"), spec(it -> it.memory(ByteSize.ofMebibytes(1536)))),
                arguments(Map.of("mem_limit", "2Gi"), spec(it -> it.memory(ByteSize.ofGibibytes(2)))),
                arguments(Map.of("mem_limit", "134217728"), spec(it -> it.memory(ByteSize.ofMebibytes(128)))),
                arguments(Map.of("mem_limit", 134217728), spec(it -> it.memory(ByteSize.ofMebibytes(128)))),
                arguments(Map.of("mem_limit", 134217728.0), spec(it -> it.memory(ByteSize.ofMebibytes(128)))),
                arguments(
                        Map.of("mem_limit", BigInteger.valueOf(134217728)),
                        spec(it -> it.memory(ByteSize.ofMebibytes(128)))),
                arguments(Map.of("mem_limit", "unlimited"), spec(it -> it.unlimited(Resource.MEMORY))),
                arguments(Map.of("mem_limit", "1g", "memswap_limit", "2g"), spec(it -> it.memory(size("1g"))
                        .memorySwap(size("2g")))),
                arguments(Map.of("mem_limit", "1g", "memswap_limit", -1), spec(it -> it.memory(size("1g"))
                        .unlimited(Resource.MEMORY_SWAP))),
                arguments(Map.of("memswap_limit", "-1"), spec(it -> it.unlimited(Resource.MEMORY_SWAP))),
                arguments(Map.of("mem_swappiness", 0), spec(it -> it.swappiness(0))),
                arguments(
                        Map.of("mem_limit", "1g", "cpu_period", 100000, "cpu_quota", 250000),
                        spec(it -> it.memory(size("1g")).cpus(2.5))),
                arguments(Map.of("cpu_period", 50000, "cpu_quota", 25000), spec(it -> it.cpuQuotaMicros(25_000)
                        .cpuPeriodMicros(50_000))),
                arguments(Map.of("cpu_quota", 150000), spec(it -> it.cpus(1.5))),
                arguments(Map.of("cpu_quota", -1), spec(it -> it.unlimited(Resource.CPU))),
                arguments(Map.of("cpu_quota", -1, "cpu_period", 100000), spec(it -> it.unlimited(Resource.CPU))),
                arguments(Map.of("nano_cpus", 2_500_000_000L), spec(it -> it.cpus(2.5))),
                arguments(Map.of("nano_cpus", 1e9), spec(it -> it.cpus(1))),
                arguments(Map.of("cpus", 2), spec(it -> it.cpus(2))),
                arguments(Map.of("cpus", "2.5"), spec(it -> it.cpus(2.5))),
                arguments(Map.of("cpus", "1500m"), spec(it -> it.cpus(1.5))),
                arguments(Map.of("cpu_limit", 0.5), spec(it -> it.cpus(0.5))),
                arguments(Map.of("cpu_limit", new BigDecimal("2.50"), "cpus", 2.5), spec(it -> it.cpus(2.5))),
                arguments(
                        Map.of("cpu_limit", 2.5, "cpu_period", 100000, "cpu_quota", 250000, "nano_cpus", 2500000000L),
                        spec(it -> it.cpus(2.5))),
                arguments(Map.of("cpu_shares", 512), spec(it -> it.cpuShares(512))),
                arguments(Map.of("cpuset_cpus", "0-3,8"), spec(it -> it.cpuset(CpuSet.parse("0-3,8")))),
                arguments(Map.of("cpuset_cpus", 1), spec(it -> it.cpuset(CpuSet.parse("1")))),
                arguments(Map.of("pids_limit", 64), spec(it -> it.pids(64))),
                arguments(Map.of("pids_limit", -1), spec(it -> it.unlimited(Resource.PIDS))),
                arguments(Map.of("disk", "10g"), spec(it -> it.disk(size("10g")))),
                arguments(Map.of("storage_opt", Map.of("size", "10G")), spec(it -> it.disk(size("10g")))),
                arguments(Map.of("gpus", 2), spec(it -> it.gpus(GpuRequest.any(2)))),
                arguments(Map.of("gpus", "all"), spec(it -> it.gpus(GpuRequest.ALL))),
                arguments(Map.of("gpus", "device=0,1"), spec(it -> it.gpus(GpuRequest.these(List.of("0", "1"))))),
                arguments(Map.of("gpus", List.of()), spec(it -> it.gpus(GpuRequest.NONE))),
                arguments(Map.of("gpu_devices", "0,1"), spec(it -> it.gpus(GpuRequest.these(List.of("0", "1"))))),
                arguments(Map.of("gpu_devices", ""), spec(it -> it.gpus(GpuRequest.NONE))),
                arguments(Map.of("gpu_devices", List.of(0, "GPU-4a2f"), "gpu_memory_limit", "8g"), spec(it -> it.gpus(
                                GpuRequest.these(List.of("0", "GPU-4a2f")))
                        .gpuMemory(size("8g")))),
                arguments(
                        Map.of(
                                "device_requests",
                                List.of(Map.of("Driver", "", "Count", -1, "Capabilities", List.of(List.of("gpu"))))),
                        spec(it -> it.gpus(GpuRequest.ALL))),
                arguments(
                        Map.of(
                                "device_requests",
                                List.of(Map.of(
                                        "device_ids", List.of("0", "2"), "capabilities", List.of(List.of("gpu"))))),
                        spec(it -> it.gpus(GpuRequest.these(List.of("0", "2"))))),
                arguments(Map.of("device_requests", List.of()), ResourceSpec.NONE),
                arguments(
                        Map.of(
                                "device_read_bps",
                                List.of(Map.of("Path", "/dev/sda", "Rate", "1m")),
                                "device_write_iops",
                                List.of(Map.of("Path", "/dev/sda", "Rate", 100))),
                        spec(it -> it.io(List.of(new IoLimit(
                                "/dev/sda",
                                Optional.of(size("1m")),
                                Optional.empty(),
                                OptionalLong.empty(),
                                OptionalLong.of(100)))))),
                arguments(
                        Map.of("mem_limit", "1G", "extra_host_config", Map.of("mem_limit", "1g", "pids_limit", 64)),
                        spec(it -> it.memory(size("1g")).pids(64))));
    }

    @ParameterizedTest
    @MethodSource("understood")
    void limitsAreReadAsTheyArePasted(Map<String, Object> pasted, ResourceSpec meaning) {
        assertThat(DockerKeys.parse(pasted)).isEqualTo(meaning);
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                // The map, and what the message must name.
                arguments(Map.of("mem_limt", "1g"), List.of("mem_limt", "did you mean 'mem_limit'")),
                arguments(Map.of("volumes", "x"), List.of("volumes", "expected one of mem_limit")),
                arguments(Map.of("mem_reservation", "1g"), List.of("mem_reservation", "key of Docker")),
                arguments(
                        Map.of("extra_host_config", Map.of("cpu_quotta", 1)),
                        List.of("extra_host_config.cpu_quotta", "'cpu_quota'")),
                arguments(Map.of("mem_limit", "1x"), List.of("mem_limit", "'1x'", "512m")),
                arguments(Map.of("mem_limit", ""), List.of("mem_limit", "''", "512m")),
                arguments(Map.of("mem_limit", "2.5"), List.of("mem_limit", "'2.5'", "fraction of a byte")),
                arguments(Map.of("mem_limit", 2.5), List.of("mem_limit", "2.5", "number of bytes")),
                arguments(Map.of("mem_limit", -1), List.of("mem_limit", "-1")),
                arguments(Map.of("mem_limit", "-1g"), List.of("mem_limit", "'-1g'")),
                arguments(Map.of("mem_limit", 0), List.of("mem_limit", "0 B", "6.0 MiB")),
                arguments(Map.of("mem_limit", "5m"), List.of("mem_limit", "5.0 MiB", "6.0 MiB")),
                arguments(Map.of("mem_limit", true), List.of("mem_limit", "true")),
                arguments(Map.of("mem_limit", List.of("1g")), List.of("mem_limit", "[1g]")),
                arguments(Map.of("mem_limit", Double.NaN), List.of("mem_limit", "NaN")),
                arguments(Map.of("mem_limit", Double.POSITIVE_INFINITY), List.of("mem_limit", "Infinity")),
                arguments(Map.of("mem_limit", 1e300), List.of("mem_limit", "1.0E300")),
                arguments(
                        Map.of("mem_limit", BigInteger.ONE.shiftLeft(64)),
                        List.of("mem_limit", "18446744073709551616")),
                arguments(Map.of("mem_limit", "9999999t"), List.of("mem_limit", "'9999999t'", "larger")),
                arguments(
                        Map.of("mem_limit", "1g", "memswap_limit", "512m"),
                        List.of("512.0 MiB", "1.0 GiB", "less than")),
                arguments(Map.of("memswap_limit", "1g"), List.of("1.0 GiB", "without a memory limit")),
                arguments(Map.of("memswap_limit", -2), List.of("memswap_limit", "-2")),
                arguments(Map.of("mem_swappiness", 101), List.of("mem_swappiness", "101", "0 to 100")),
                arguments(Map.of("mem_swappiness", -1), List.of("mem_swappiness", "-1", "0 to 100")),
                arguments(
                        Map.of("cpus", 2, "cpu_quota", 250000), List.of("2 cores", "250000", "2.5 cores", "disagree")),
                arguments(Map.of("cpus", 2, "cpu_limit", "3"), List.of("cpus", "cpu_limit", "2", "'3'", "disagree")),
                arguments(Map.of("cpus", 2, "cpu_quota", -1), List.of("cpus 2", "cpu_quota -1", "disagree")),
                arguments(Map.of("cpu_period", 100000), List.of("100000", "alone limits nothing")),
                arguments(
                        Map.of("cpu_period", 999, "cpu_quota", 1000), List.of("cpu_period", "999", "1000 to 1000000")),
                arguments(Map.of("cpu_quota", 999), List.of("cpu_quota", "999", "1000 or more")),
                arguments(Map.of("cpu_quota", -2), List.of("cpu_quota", "-2")),
                arguments(Map.of("cpu_quota", 250000.5), List.of("cpu_quota", "250000.5", "microseconds")),
                arguments(Map.of("cpus", 0), List.of("cpus", "0", "0.01")),
                arguments(Map.of("cpus", -1.5), List.of("cpus", "'-1.5'")),
                arguments(Map.of("cpus", "two"), List.of("cpus", "'two'", "1500m")),
                arguments(Map.of("cpus", "2,5"), List.of("cpus", "'2,5'")),
                arguments(Map.of("cpus", 1e9), List.of("cpus", "1000000000", "8192")),
                arguments(Map.of("nano_cpus", 2.5), List.of("nano_cpus", "2.5", "billionths")),
                arguments(Map.of("nano_cpus", 2), List.of("nano_cpus", "2", "0.01")),
                arguments(Map.of("cpu_shares", 0), List.of("cpu_shares", "0", "2 to 262144")),
                arguments(Map.of("cpu_shares", 1), List.of("cpu_shares", "1", "2 to 262144")),
                arguments(Map.of("cpuset_cpus", ""), List.of("cpuset_cpus", "empty", "0-3,8")),
                arguments(Map.of("cpuset_cpus", "3-1"), List.of("cpuset_cpus", "'3-1'", "'1-3'")),
                arguments(Map.of("cpuset_cpus", "0,,2"), List.of("cpuset_cpus", "'0,,2'")),
                arguments(Map.of("cpuset_cpus", "0-99999"), List.of("cpuset_cpus", "99999", "8191")),
                arguments(Map.of("cpuset_cpus", 0.5), List.of("cpuset_cpus", "'0.5'")),
                arguments(Map.of("pids_limit", 0), List.of("pids_limit", "0", "1 or more")),
                arguments(Map.of("pids_limit", "many"), List.of("pids_limit", "'many'", "-1 for no limit")),
                arguments(Map.of("disk", "0"), List.of("disk", "0 bytes")),
                arguments(
                        Map.of("disk", "1g", "storage_opt", Map.of("size", "2g")), List.of("'1g'", "'2g'", "disagree")),
                arguments(Map.of("storage_opt", Map.of("sise", "2g")), List.of("storage_opt", "'sise'", "size")),
                arguments(Map.of("gpus", -1), List.of("gpus", "-1")),
                arguments(Map.of("gpus", "0,1"), List.of("gpus", "'0,1'", "device=0,1")),
                arguments(Map.of("gpus", 1.5), List.of("gpus", "1.5")),
                arguments(Map.of("gpu_devices", "0,0"), List.of("gpu_devices", "'0'", "twice")),
                arguments(Map.of("gpu_devices", "0,,1"), List.of("gpu_devices", "''")),
                arguments(Map.of("gpus", 1, "gpu_devices", "0,1"), List.of("gpus 1", "gpu_devices '0,1'", "disagree")),
                arguments(Map.of("gpus", 0, "gpu_memory", "8g"), List.of("8.0 GiB", "0 GPUs")),
                arguments(
                        Map.of("device_requests", List.of(Map.of("Count", 2, "DeviceIDs", List.of("0")))),
                        List.of("device_requests", "Count 2", "[0]")),
                arguments(
                        Map.of("device_requests", List.of(Map.of("Capabilities", List.of(List.of("tpu"))))),
                        List.of("device_requests", "tpu", "[['gpu']]")),
                arguments(
                        Map.of("device_read_bps", List.of(Map.of("Path", "sda", "Rate", 1))),
                        List.of("'sda'", "/dev/sda")),
                arguments(
                        Map.of("device_read_bps", List.of(Map.of("Path", "/dev/sda"))),
                        List.of("device_read_bps", "'Rate'")),
                arguments(
                        Map.of("device_read_bps", List.of(Map.of("Path", "/dev/sda", "Rate", 0))),
                        List.of("/dev/sda", "0", "1 or more")));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatCannotBeMeantIsRefusedByKeyValueAndExpectation(Map<String, Object> pasted, List<String> named) {
        assertThatThrownBy(() -> DockerKeys.parse(pasted))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(named));
    }

    @Test
    void noneOfPythonMeansThatALimitIsNotGiven() {
        Map<String, Object> pasted = new LinkedHashMap<>();
        pasted.put("mem_limit", null);
        pasted.put("cpu_shares", 512);
        assertThat(DockerKeys.parse(pasted)).isEqualTo(spec(it -> it.cpuShares(512)));
        pasted.put("mem_limt", null);
        assertThatThrownBy(() -> DockerKeys.parse(pasted)).hasMessageContaining("'mem_limit'");
        assertThatThrownBy(
                        () -> DockerKeys.parse(Map.of("gpu_devices", new ArrayList<>(Collections.singletonList(null)))))
                .hasMessageContaining("gpu_devices");
    }

    @Test
    void aLongValueIsCutInTheMessage() {
        assertThatThrownBy(() -> DockerKeys.parse(Map.of("pids_limit", "x".repeat(100_000))))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(500));
    }
}

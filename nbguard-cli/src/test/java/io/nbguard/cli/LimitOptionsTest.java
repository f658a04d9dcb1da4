package io.nbguard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.GuardException;
import io.nbguard.api.resource.DockerKeys;
import io.nbguard.api.resource.ResourceSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Limits by options, by a file, and by both. */
class LimitOptionsTest {

    @TempDir
    Path folder;

    private ResourceSpec limits(String... arguments) {
        LimitOptions options = new LimitOptions();
        new CommandLine(options).parseArgs(arguments);
        return options.limits(folder);
    }

    private void file(String json) throws IOException {
        Files.writeString(folder.resolve("l.json"), json);
    }

    @Test
    void eachOptionHasItsLimit() {
        assertThat(limits(
                        "--memory",
                        "1g",
                        "--memory-swap",
                        "-1",
                        "--memory-swappiness",
                        "10",
                        "--cpu-quota",
                        "250000",
                        "--cpu-period",
                        "100000",
                        "--cpu-shares",
                        "512",
                        "--cpuset-cpus",
                        "0-3,8",
                        "--pids-limit",
                        "64",
                        "--disk",
                        "10g",
                        "--gpus",
                        "device=0,1",
                        "--gpu-memory",
                        "8g"))
                .isEqualTo(DockerKeys.parse(Map.ofEntries(
                        Map.entry("mem_limit", "1g"),
                        Map.entry("memswap_limit", -1),
                        Map.entry("mem_swappiness", 10),
                        Map.entry("cpus", 2.5),
                        Map.entry("cpu_shares", 512),
                        Map.entry("cpuset_cpus", "0-3,8"),
                        Map.entry("pids_limit", 64),
                        Map.entry("disk", "10g"),
                        Map.entry("gpu_devices", "0,1"),
                        Map.entry("gpu_memory", "8g"))));
        assertThat(limits()).isEqualTo(ResourceSpec.NONE);
    }

    @Test
    void anOptionWinsOverTheFileWhateverItsKeyIsThere() throws IOException {
        file(
                "{'memoryBytes': 1073741824, 'cpu_quota': 50000, 'cpu_period': 20000, 'pids': 1000, 'cpuset': '0', 'cpu_shares': 8}");

        assertThat(limits(
                        "--limits",
                        "l.json",
                        "--memory",
                        "2g",
                        "--cpus",
                        "1",
                        "--pids-limit",
                        "10",
                        "--cpuset-cpus",
                        "1"))
                .isEqualTo(DockerKeys.parse(
                        Map.of("mem_limit", "2g", "cpus", 1, "pids_limit", 10, "cpuset_cpus", "1", "cpu_shares", 8)));
    }

    @Test
    void aMistakeInAnOptionIsNamedByTheOption() throws IOException {
        file("{'mem_limit': 'much'}");

        assertThatThrownBy(() -> limits("--memory", "much"))
                .isInstanceOf(GuardException.class)
                .hasMessageContaining("--memory: 'much'");
        assertThatThrownBy(() -> limits("--limits", "l.json")).hasMessageContaining("mem_limit: 'much'");
    }
}

package io.nbguard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.cli.terminal.Interruption;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits as they are pasted, and what is printed of them. */
class LimitsCommandTest {

    @TempDir
    Path folder;

    private final CapturedTerminal out = new CapturedTerminal();
    private final CapturedTerminal err = new CapturedTerminal();

    private int run(String... arguments) {
        return Nbguard.run(new Surroundings(out.terminal(), err.terminal(), new Interruption(), folder), arguments);
    }

    private int parse(String limits, String... options) throws Exception {
        Files.writeString(folder.resolve("limits.json"), limits);
        String[] arguments = new String[3 + options.length];
        System.arraycopy(new String[] {"limits", "parse", "limits.json"}, 0, arguments, 0, 3);
        System.arraycopy(options, 0, arguments, 3, options.length);
        return run(arguments);
    }

    @Test
    void whatIsPastedFromPythonIsPrintedInBytesAndCores() throws Exception {
        int code = parse("""
                {
                    'mem_limit': '1g',  # a comment
                    'memswap_limit': -1,
                    'mem_swappiness': 10,
                    'cpu_period': 100000, 'cpu_quota': 250000,
                    'cpu_shares': 512,
                    'cpuset_cpus': '0-3,8',
                    'pids_limit': 64,
                    'disk': '10g',
                    'gpu_devices': [0, 1],
                    'gpu_memory_limit': '8g',
                }
                """, "--json");

        assertThat(err.text()).isEmpty();
        assertThat(code).isZero();
        assertThat(out.text())
                .isEqualTo(
                        "{\"memoryBytes\":1073741824,\"memorySwapBytes\":\"unlimited\",\"swappiness\":10,\"cpus\":2.5,"
                                + "\"cpuQuotaMicros\":250000,\"cpuPeriodMicros\":100000,"
                                + "\"cpuShares\":512,\"cpuset\":\"0-3,8\",\"pids\":64,\"io\":null,\"diskBytes\":10737418240,"
                                + "\"gpus\":[\"0\",\"1\"],\"gpuMemoryBytes\":8589934592}\n");
    }

    @Test
    void whatIsNotGivenIsNull() throws Exception {
        assertThat(parse("{}", "--json")).isZero();
        assertThat(out.text())
                .isEqualTo("{\"memoryBytes\":null,\"memorySwapBytes\":null,\"swappiness\":null,\"cpus\":null,"
                        + "\"cpuQuotaMicros\":null,\"cpuPeriodMicros\":null,"
                        + "\"cpuShares\":null,\"cpuset\":null,\"pids\":null,\"io\":null,\"diskBytes\":null,"
                        + "\"gpus\":null,\"gpuMemoryBytes\":null}\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"mem_limit\": \"100000000b\"} | \"memoryBytes\":100000000,",
                "{\"mem_limit\": \"1.5g\"}       | \"memoryBytes\":1610612736,",
                "{\"mem_limit\": 536870912}      | \"memoryBytes\":536870912,",
                "{\"mem_limit\": \"unlimited\"}  | \"memoryBytes\":\"unlimited\",",
                "{\"cpus\": \"1500m\"}           | \"cpus\":1.5,",
                "{\"cpu_quota\": -1}             | \"cpus\":\"unlimited\",",
                "{\"gpus\": \"all\"}             | \"gpus\":\"all\",",
                "{\"gpus\": 2}                   | \"gpus\":2,",
                "{\"gpu_devices\": \"\"}         | \"gpus\":0,",
                "{\"device_read_bps\": [{\"Path\": \"/dev/sda\", \"Rate\": 1048576}]}"
                        + " | \"io\":[{\"device\":\"/dev/sda\",\"readBytesPerSecond\":1048576,"
                        + "\"writeBytesPerSecond\":null,\"readsPerSecond\":null,\"writesPerSecond\":null}],",
            })
    void eachFormMeansOneValue(String limits, String printed) throws Exception {
        assertThat(parse(limits, "--json")).as(err.text()).isZero();
        assertThat(out.text()).contains(printed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"mem_limt\": \"1g\"}                                | did you mean 'mem_limit'",
                "{\"mem_limit\": \"much\"}                             | 'much'",
                "{\"mem_limit\": -1}                                   | mem_limit",
                "{\"mem_limit\": \"1g\", \"memswap_limit\": \"512m\"}  | 512.0 MiB is less than the memory limit of 1.0 GiB",
                "{\"cpus\": 2, \"cpu_quota\": 100000}                  | 100000",
                "{\"cpu_shares\": 0}                                   | cpu_shares",
                "{\"cpu_shares\": 1}                                   | cpu_shares",
                "{\"cpuset_cpus\": \"3-1\"}                            | 3-1",
                "{\"pids_limit\": \"few\"}                             | 'few'",
                "{\"gpus\": 1, \"gpu_devices\": [0, 1]}                | disagree",
                "{\"mem_limit\": \"1g\", \"mem_limit\": \"2g\"}        | line 1",
                "{\"cpus\": 1e100000000}                               | cpus",
                "{\"pids_limit\": 10, \"pids\": 1000}                 | disagree",
                "{\"cpuset_cpus\": \"0\", \"cpuset\": \"1\"}          | disagree",
            })
    void nonsenseIsAMistakeThatNamesTheValue(String limits, String named) throws Exception {
        assertThat(parse(limits, "--json")).as(out.text()).isEqualTo(2);
        assertThat(err.text()).contains(named);
        assertThat(out.text()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'cpu_quota': 100000, 'cpu_period': 300000}",
                "{'cpu_quota': 5000, 'cpu_period': 1000000}",
                "{'mem_limit': '1.5g', 'memswap_limit': -1, 'cpus': 0.01, 'cpuset_cpus': '0-3,8', 'gpus': 'all'}",
                "{'device_read_bps': [{'Path': '/dev/sda', 'Rate': '1m'}], 'pids_limit': -1, 'gpu_devices': [0]}",
            })
    void whatIsPrintedMeansTheSameAgain(String limits) throws Exception {
        assertThat(parse(limits, "--json")).isZero();
        String printed = out.text();

        assertThat(parse(printed, "--json")).as(err.text()).isZero();
        assertThat(out.text()).isEqualTo(printed + printed);
    }

    @Test
    void forPeopleItIsATable() throws Exception {
        assertThat(parse("{'mem_limit': '1g', 'cpus': 2.5, 'pids_limit': -1}")).isZero();
        assertThat(out.text().lines().map(String::stripTrailing))
                .containsExactly("LIMIT   VALUE", "memory  1.0 GiB", "cpu     2.5 cores", "pids    unlimited");
    }

    @Test
    void aDashIsStandardInput() {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream("{'mem_limit': '1g'}".getBytes(StandardCharsets.UTF_8)));
        try {
            assertThat(run("limits", "parse", "-")).as(err.text()).isZero();
        } finally {
            System.setIn(before);
        }
        assertThat(out.text()).contains("1.0 GiB");
    }
}

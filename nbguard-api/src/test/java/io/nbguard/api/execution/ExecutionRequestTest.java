package io.nbguard.api.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ScheduleId;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.resource.DockerKeys;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExecutionRequestTest {

    @Test
    void parametersKeepTheirOrderTypeAndValue() {
        List<Object> nested = new ArrayList<>(Arrays.asList(1, null, Map.of("k", 1.5)));
        ExecutionRequest request = ExecutionRequest.of("a/b.ipynb")
                .parameter("z", "007")
                .parameter("a", new BigInteger("9223372036854775808"))
                .parameter("größe", nested)
                .build();
        nested.clear();

        assertThat(request.parameters().keySet()).containsExactly("z", "a", "größe");
        assertThat(request.parameters().get("größe")).isEqualTo(Arrays.asList(1, null, Map.of("k", 1.5)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"class", "None", "1x", "a-b", "", "a b", "x;import os", "a.b"})
    void aParameterNameThatIsNoPythonIdentifierIsRefusedAndNamed(String name) {
        assertThatThrownBy(() -> ExecutionRequest.of("n.ipynb").parameter(name, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + name + "'");
    }

    @Test
    void aParameterOfAnotherTypeIsRefusedWithItsPlace() {
        assertThatThrownBy(() -> ExecutionRequest.of("n.ipynb").parameter("p", List.of(1, Map.of("k", Duration.ZERO))))
                .hasMessageContaining("p[1].k")
                .hasMessageContaining("java.time.Duration");
        assertThatThrownBy(() -> ExecutionRequest.of("n.ipynb").parameter("p", Map.of(1, 2)))
                .hasMessageContaining("keys that are strings");
    }

    @Test
    void aListThatHoldsItselfIsRefusedInsteadOfRunningOutOfStack() {
        List<Object> endless = new ArrayList<>();
        endless.add(endless);

        assertThatThrownBy(() -> ExecutionRequest.of("n.ipynb").parameter("p", endless))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nested deeper");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "/etc/passwd", "../x.ipynb", "a/../../x.ipynb", "a//b.ipynb", "./x", "a\nb", "a\u0000b"
            })
    void aNotebookThatCouldLeaveTheFolderIsRefused(String path) {
        assertThatThrownBy(() -> ExecutionRequest.of(path)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-dash.ipynb", "a{b}.ipynb", "späß 😀.ipynb", "..hidden.ipynb", "sub folder/x.ipynb"})
    void aStrangeButHarmlessNotebookNameIsAccepted(String path) {
        assertThat(ExecutionRequest.of(path).build().notebook()).isEqualTo(path);
    }

    @Test
    void badLimitsAndEnvironmentAreRefusedAtOnce() {
        ExecutionRequest.Builder builder = ExecutionRequest.of("n.ipynb");

        assertThatThrownBy(() -> builder.timeout(Duration.ZERO)).hasMessageContaining("PT0S");
        assertThatThrownBy(() -> builder.memoryLimit(ByteSize.ZERO)).hasMessageContainingAll("0 B", "6.0 MiB");
        assertThatThrownBy(() -> ExecutionRequest.of("n.ipynb")
                        .limits(DockerKeys.parse(Map.of("mem_limit", "1g", "memswap_limit", "2g")))
                        .memoryLimit(ByteSize.ofGibibytes(3)))
                .hasMessageContainingAll("2.0 GiB", "3.0 GiB");
        assertThatThrownBy(() -> builder.environment("A=B", "x")).hasMessageContaining("A=B");
        assertThatThrownBy(() -> builder.environment("NBGUARD_COOKIE", "x")).hasMessageContaining("nbguard's own");
        assertThatThrownBy(() -> builder.environment("A", "x\0y")).hasMessageContaining("NUL");
    }

    @Test
    void aMemoryLimitKeepsTheOtherLimitsAndTheTimeoutIsNoLimit() {
        ExecutionRequest request = ExecutionRequest.of("n.ipynb")
                .limits(DockerKeys.parse(Map.of("mem_limit", "1g", "cpus", 2)))
                .memoryLimit(ByteSize.ofGibibytes(3))
                .timeout(Duration.ofMinutes(1))
                .build();

        assertThat(request.limits()).isEqualTo(DockerKeys.parse(Map.of("mem_limit", "3g", "cpus", 2)));
        assertThat(request.timeout()).contains(Duration.ofMinutes(1));
        assertThat(request.scheduledBy(ScheduleId.random()).timeout()).isEqualTo(request.timeout());
        assertThat(request.toString()).contains("memory 3.0 GiB", "PT1M");
    }

    @Test
    void theTextFormShowsNoValuesThatCouldBeSecret() {
        ExecutionRequest request = ExecutionRequest.of("n.ipynb")
                .parameter("token", "s3cret")
                .environment("PASSWORD", "hunter2")
                .build();

        assertThat(request.toString()).contains("token", "PASSWORD").doesNotContain("s3cret", "hunter2");
    }
}

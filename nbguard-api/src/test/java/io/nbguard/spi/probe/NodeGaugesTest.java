package io.nbguard.spi.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class NodeGaugesTest {

    @Test
    void zeroUnlimitedAndUnavailableAreThreeDifferentThings() {
        NodeGauges gauges = new NodeGauges();
        gauges.set(Gauge.MEMORY_CURRENT, 0, "a");
        gauges.unlimited(Gauge.MEMORY_LIMIT, "b");
        gauges.unavailable(Gauge.CPU_USAGE, "permission denied", "c");

        assertThat(gauges.hasValue(Gauge.MEMORY_CURRENT)).isTrue();
        assertThat(gauges.value(Gauge.MEMORY_CURRENT)).isZero();
        assertThat(gauges.isUnlimited(Gauge.MEMORY_LIMIT)).isTrue();
        assertThat(gauges.reason(Gauge.MEMORY_LIMIT)).isNull();
        assertThatThrownBy(() -> gauges.value(Gauge.MEMORY_LIMIT)).isInstanceOf(IllegalStateException.class);
        assertThat(gauges.reason(Gauge.CPU_USAGE)).isEqualTo("permission denied");
        assertThat(gauges.reason(Gauge.CPU_LIMIT)).isNotNull();
    }
}

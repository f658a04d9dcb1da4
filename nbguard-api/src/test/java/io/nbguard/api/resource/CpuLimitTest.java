package io.nbguard.api.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CpuLimitTest {

    @ParameterizedTest
    @CsvSource({
        "2, 200000",
        "2.5, 250000",
        ".5, 50000",
        "1500m, 150000",
        "10m, 1000",
        "0.123456, 12346",
        "8192, 819200000"
    })
    void coresAreReadIntoAQuota(String text, long quota) {
        assertThat(CpuLimit.parse(text)).isEqualTo(new CpuLimit(quota, 100_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "m", "0", "0.001", "-1", "1e3", "NaN", "2 cores", "2,5", "8193", "1.5mm", "9m"})
    void otherTextIsRefusedAndNamed(String text) {
        assertThatThrownBy(() -> CpuLimit.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining("1500m");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.5, Double.NaN, Double.NEGATIVE_INFINITY, 1e9})
    void otherNumbersAreRefused(double cores) {
        assertThatThrownBy(() -> CpuLimit.ofCores(cores)).hasMessageContaining(Double.toString(cores));
    }

    @Test
    void itIsShownInCores() {
        assertThat(new CpuLimit(250_000, 100_000)).hasToString("2.5 cores");
        assertThat(new CpuLimit(1_000, 3_000)).hasToString("0.333333 cores");
        assertThat(CpuLimit.ofCores(2.5).cores()).isEqualTo(2.5);
    }
}

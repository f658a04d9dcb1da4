package io.nbguard.api.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {

    @ParameterizedTest
    @CsvSource({
        "90, PT1M30S",
        "0.5, PT0.5S",
        "500ms, PT0.5S",
        "90s, PT1M30S",
        "10m, PT10M",
        "1h30m, PT1H30M",
        "1.5h, PT1H30M",
        "2d, PT48H",
        "1H, PT1H",
        "PT1M30S, PT1M30S",
        "p90d, P90D",
        "' 3s ', PT3S"
    })
    void durationsReadAsPeopleTypeThem(String text, Duration expected) {
        assertThat(DurationText.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ten minutes",
                "-5s",
                "5x",
                "10m5",
                "1e3",
                "0",
                "0s",
                "99999999999999d",
                "s",
                "1,5s",
                "P1Y",
                "PT-5S",
                "P",
                "P200000D"
            })
    void anythingElseIsRefusedWithTheValueInTheMessage(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DurationText.parse(text))
                .withMessageContaining("'" + text + "'");
    }
}

package io.nbguard.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpokenTest {

    @ParameterizedTest
    @CsvSource({
        "-5, 0 ms",
        "0, 0 ms",
        "850, 850 ms",
        "1000, 1.0 s",
        "12340, 12.3 s",
        "59949, 59.9 s",
        "59950, 1m 00s",
        "125000, 2m 05s",
        "3720000, 1h 02m",
        "273600000, 3d 04h"
    })
    void durationsAreSaidInTwoUnitsAtMost(long millis, String words) {
        assertThat(Spoken.duration(Duration.ofMillis(millis))).isEqualTo(words);
    }

    @ParameterizedTest
    @CsvSource({"0, 0 %", "0.0123, 1.2 %", "0.0996, 10 %", "0.9375, 94 %", "2.5, 250 %"})
    void partsAreSaidInPercent(double fraction, String words) {
        assertThat(Spoken.percent(fraction)).isEqualTo(words);
    }

    @Test
    void coresHaveTwoDecimalsAndAreNeverNegative() {
        assertThat(Spoken.cores(1.984)).isEqualTo("1.98");
        assertThat(Spoken.cores(-0.001)).isEqualTo("0.00");
    }

    @Test
    void aBarIsNeverEmptyForSomethingAndNeverLongerThanItsRoom() {
        assertThat(Bar.of(0, 4, Style.ACCENT).plain()).isEqualTo("░░░░");
        assertThat(Bar.of(0.001, 4, Style.ACCENT).plain()).isEqualTo("█░░░");
        assertThat(Bar.of(0.5, 4, Style.ACCENT).plain()).isEqualTo("██░░");
        assertThat(Bar.of(7, 4, Style.ACCENT).plain()).isEqualTo("████");
        assertThat(Bar.of(Double.NaN, 4, Style.ACCENT).plain()).isEqualTo("░░░░");
    }
}

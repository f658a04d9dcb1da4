package io.nbguard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.nbguard.api.measure.ByteSize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KillThresholdTest {

    @Test
    void aPartOfTheLimitIsAFractionOrPercent() {
        assertThat(KillThreshold.parse("0.9375")).isEqualTo(new KillThreshold.Fraction(0.9375));
        assertThat(KillThreshold.parse(".5")).isEqualTo(new KillThreshold.Fraction(0.5));
        assertThat(KillThreshold.parse("1")).isEqualTo(new KillThreshold.Fraction(1));
        assertThat(KillThreshold.parse("90%")).isEqualTo(new KillThreshold.Fraction(0.9));
    }

    @Test
    void aSizeHasAUnit() {
        assertThat(KillThreshold.parse("15000m")).isEqualTo(new KillThreshold.Bytes(ByteSize.ofMebibytes(15000)));
        assertThat(KillThreshold.parse("15g")).isEqualTo(new KillThreshold.Bytes(ByteSize.ofGibibytes(15)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "15", "101%", "-1", "much", "0m", ""})
    void anythingElseIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> KillThreshold.parse(text));
    }
}

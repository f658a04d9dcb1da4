package io.nbguard.papermill.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParametersYamlTest {

    private static String yaml(Object value) {
        String text = ParametersYaml.of(Collections.singletonMap("x", value));
        assertThat(text).startsWith("{? \"x\" : ").endsWith("}\n");
        return text.substring(9, text.length() - 2);
    }

    @ParameterizedTest
    @CsvSource({
        "1e5, 100000.0",
        "1e7, 1.0e+7",
        "-1.5e300, -1.5e+300",
        "1e-5, 1.0e-5",
        "4.9e-324, 4.9e-324",
        "-0.0, -0.0",
        "NaN, .nan",
        "Infinity, .inf",
        "-Infinity, -.inf"
    })
    void floatsHaveAPointAndASignedExponent(double value, String expected) {
        assertThat(yaml(value)).isEqualTo(expected);
    }

    @Test
    void stringsAreQuotedAsciiWhateverTheyHold() {
        assertThat(yaml("yes")).isEqualTo("\"yes\"");
        assertThat(yaml("a\"b\\c")).isEqualTo("\"a\\\"b\\\\c\"");
        assertThat(yaml("\n\0\u00e9\u2028\ud83d\ude00")).isEqualTo("\"\\x0a\\x00\\xe9\\u2028\\U0001f600\"");
    }

    @Test
    void collectionsAreFlowCollections() {
        assertThat(yaml(List.of())).isEqualTo("[]");
        assertThat(yaml(Map.of())).isEqualTo("{}");
        assertThat(yaml(List.of(1, List.of(true), Map.of("<<", 2L)))).isEqualTo("[1, [true], {? \"<<\" : 2}]");
        assertThat(yaml(null)).isEqualTo("null");
    }

    @Test
    void aDecimalThatIsAFloatIsWrittenAsThatFloat() {
        assertThat(yaml(new BigDecimal("0.1"))).isEqualTo("0.1");
        assertThat(yaml(new BigDecimal("5"))).isEqualTo("5.0");
    }

    @ParameterizedTest
    @CsvSource({"0.1234567890123456789", "1e400", "123456789012345678901234567890.5"})
    void aDecimalThatNoFloatIsIsRefused(BigDecimal value) {
        assertThatThrownBy(() -> yaml(value))
                .isInstanceOfSatisfying(
                        GuardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                .hasMessageStartingWith("parameter x is the decimal ")
                .hasMessageContaining("which no Python float is");
    }

    @Test
    void halfASurrogatePairIsRefusedWithItsPlace() {
        assertThatThrownBy(() -> yaml(List.of("ok", Map.of("k", "ab\ud83d"))))
                .isInstanceOf(GuardException.class)
                .hasMessageStartingWith("parameter x[1].k has half a surrogate pair at position 2");
    }

    @Test
    void integersThatPythonWouldNotPrintAreRefused() {
        assertThat(yaml(BigInteger.TEN.pow(4299))).hasSize(4300);
        assertThatThrownBy(() -> yaml(BigInteger.TEN.pow(4300)))
                .isInstanceOf(GuardException.class)
                .hasMessageContaining("has 4301 digits");
    }
}

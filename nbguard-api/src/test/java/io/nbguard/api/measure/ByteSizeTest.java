package io.nbguard.api.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {

    @ParameterizedTest
    @CsvSource({
        "100000b, 100000",
        "1000k, 1024000",
        "128m, 134217728",
        "1g, 1073741824",
        "1G, 1073741824",
        "2GiB, 2147483648",
        "2Gi, 2147483648",
        "512MB, 536870912",
        "1.0, 1",
        "1.5g, 1610612736",
        "0, 0",
        "4096, 4096",
        "2t, 2199023255552",
        "9223372036854775807, 9223372036854775807"
    })
    void textInDockersUnitsIsRead(String text, long bytes) {
        assertThat(ByteSize.parse(text).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "g",
                "-1g",
                "1 2",
                "1x",
                "0x10",
                "1e3",
                "NaN",
                "5i",
                "5ib",
                "2.5",
                "0.5b",
                "9223372036854775808",
                "9999999t"
            })
    void otherTextIsRefusedAndNamed(String text) {
        assertThatThrownBy(() -> ByteSize.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1.0 KiB",
        "536870912, 512.0 MiB",
        "16106127360, 15.0 GiB",
        "9223372036854775807, 8.0 EiB"
    })
    void itIsShownInTheUnitThatFits(long bytes, String text) {
        assertThat(ByteSize.ofBytes(bytes)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource({
        // The text of each, beside the other.
        "1475543040, 1474560000, 1.374 GiB, 1.373 GiB",
        "1610612736, 1474560000, 1.5 GiB, 1.4 GiB",
        "1474560001, 1474560000, 1474560001 B, 1474560000 B",
        "1073741824, 1073741824, 1.0 GiB, 1.0 GiB",
        "536870913, 536770912, 512.0 MiB, 511.9 MiB",
        "17179869183, 17179869184, 17179869183 B, 17179869184 B",
        "1023, 1024, 1023 B, 1.0 KiB",
        "9223372036854775807, 9223372036854775806, 9223372036854775807 B, 9223372036854775806 B"
    })
    void twoSizesThatAreComparedAreToldApart(long first, long second, String text, String otherText) {
        assertThat(ByteSize.ofBytes(first).textBeside(ByteSize.ofBytes(second))).isEqualTo(text);
        assertThat(ByteSize.ofBytes(second).textBeside(ByteSize.ofBytes(first))).isEqualTo(otherText);
    }

    @Test
    void aSizeIsToldApartFromEachThatStandsBesideIt() {
        assertThat(ByteSize.ofBytes(1475543040).textBeside(ByteSize.ofGibibytes(2), ByteSize.ofBytes(1474560000)))
                .isEqualTo("1.374 GiB");
        assertThat(ByteSize.ofGibibytes(2).textBeside()).isEqualTo("2.0 GiB");
    }

    @Test
    void aNegativeSizeIsRefused() {
        assertThatThrownBy(() -> ByteSize.ofBytes(-1)).hasMessageContaining("-1");
    }
}

package io.nbguard.api;

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
    @ValueSource(strings = {"", "g", "-1g", "1 2", "1x", "0x10", "1e3", "NaN", "9223372036854775808", "9999999t"})
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

    @Test
    void aNegativeSizeIsRefused() {
        assertThatThrownBy(() -> ByteSize.ofBytes(-1)).hasMessageContaining("-1");
    }
}

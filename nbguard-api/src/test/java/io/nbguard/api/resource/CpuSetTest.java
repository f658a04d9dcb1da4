package io.nbguard.api.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CpuSetTest {

    @ParameterizedTest
    @CsvSource({"0, 0, 1", "'0-3,8', '0-3,8', 5", "'8, 0-1 ,2', '0-2,8', 4", "'1,1,1-2', 1-2, 2", "8191, 8191, 1"})
    void itIsShownInItsShortestForm(String text, String shortest, int size) {
        CpuSet set = CpuSet.parse(text);
        assertThat(set).hasToString(shortest).isEqualTo(CpuSet.parse(shortest));
        assertThat(set.size()).isEqualTo(size);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ",", "0,", "a", "-1", "0-", "1-2-3", "0.5", "3-1", "0-8192", "123456"})
    void otherTextIsRefusedAndShown(String text) {
        assertThatThrownBy(() -> CpuSet.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(text.isBlank() ? "empty" : text);
    }

    @Test
    void itKnowsItsMembers() {
        CpuSet set = CpuSet.parse("0-3,8");
        assertThat(set.highest()).isEqualTo(8);
        assertThat(set.contains(8)).isTrue();
        assertThat(set.contains(4)).isFalse();
        assertThat(set.contains(-1)).isFalse();
    }
}

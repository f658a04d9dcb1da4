package io.nbguard.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextWidthTest {

    @ParameterizedTest
    @CsvSource({
        "report.ipynb, 12",
        "résumé, 6",
        "日本語, 6",
        "한글, 4",
        "🚀, 2",
        "👩‍🔬, 2",
        "ﬀ, 1",
        "·…█░, 4",
        "ＡＢ, 4",
        "✓✗⚠▸, 4"
    })
    void charactersTakeTheColumnsThatATerminalGivesThem(String text, int columns) {
        assertThat(TextWidth.of(text)).isEqualTo(columns);
    }

    @Test
    void combiningMarksTakeNoColumn() {
        assertThat(TextWidth.of("e\u0301")).isEqualTo(1);
        assertThat(TextWidth.of("")).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a long name of a notebook.ipynb",
                "日本語のとても長い名前.ipynb",
                "🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀",
                "e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301"
            })
    void cutTextNeverTakesMoreThanItsRoom(String text) {
        for (int columns = 0; columns <= TextWidth.of(text) + 1; columns++) {
            assertThat(TextWidth.of(TextWidth.fit(text, columns))).isLessThanOrEqualTo(columns);
            assertThat(TextWidth.of(TextWidth.fitMiddle(text, columns))).isLessThanOrEqualTo(columns);
        }
    }

    @Test
    void cuttingKeepsTheBeginningOrBothEnds() {
        assertThat(TextWidth.fit("abcdefghij", 6)).isEqualTo("abcde…");
        assertThat(TextWidth.fitMiddle("abcdefghij", 7)).isEqualTo("abc…hij");
        assertThat(TextWidth.fit("abc", 3)).isEqualTo("abc");
    }

    @Test
    void whatWouldMoveTheCursorOrTurnTheWritingBecomesASpace() {
        assertThat(TextWidth.printable("a\u001b[31m\nb\u202ec\u2028d")).isEqualTo("a [31m b c d");
        assertThat(TextWidth.printable("👩‍🔬")).isEqualTo("👩‍🔬");
    }
}

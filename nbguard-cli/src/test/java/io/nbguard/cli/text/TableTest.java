package io.nbguard.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {

    private static List<String> plain(List<Line> lines) {
        return lines.stream().map(Line::plain).toList();
    }

    @Test
    void columnsAreAlignedByWhatCharactersTakeOnTheScreen() {
        Table table = new Table().shrinkingText("NOTEBOOK", 8).figures("MEMORY").text("STATE");
        table.row(Line.of("a.ipynb"), Line.of("9.0 MiB"), Line.of("running"));
        table.row(Line.of("日本.ipynb"), Line.of("120.0 MiB"), Line.of("done"));

        assertThat(plain(table.render(80)))
                .containsExactly(
                        "NOTEBOOK       MEMORY  STATE", "a.ipynb       9.0 MiB  running", "日本.ipynb  120.0 MiB  done");
    }

    @Test
    void aTableThatIsTooWideShrinksTheColumnsThatMay() {
        Table table = new Table().shrinkingText("NAME", 6).figures("SIZE").shrinkingText("PATH", 10);
        table.row(Line.of("a very long name"), Line.of("12345"), Line.of("a/path/that/is/long/too"));

        List<Line> lines = table.render(30);

        assertThat(lines).allSatisfy(line -> assertThat(line.width()).isLessThanOrEqualTo(30));
        assertThat(lines.get(1).plain()).contains("…").contains("12345");
    }

    @Test
    void columnsNeverShrinkBelowTheirLeast() {
        Table table = new Table().shrinkingText("NAME", 6).figures("SIZE");
        table.row(Line.of("a very long name"), Line.of("12345"));

        assertThat(plain(table.render(5))).containsExactly("NAME     SIZE", "a ver…  12345");
    }

    @Test
    void optionalColumnsAreLeftOutWhereThereIsNoRoomOrNothingInThem() {
        Table table = new Table()
                .text("NAME")
                .optionalFigures("PSS")
                .optionalFigures("PEAK")
                .figures("RSS");
        table.row(Line.of("a"), Line.EMPTY, Line.of("300"), Line.of("200"));

        assertThat(plain(table.render(80))).containsExactly("NAME  PEAK  RSS", "a      300  200");
        assertThat(plain(table.render(12))).containsExactly("NAME  RSS", "a     200");
    }

    @Test
    void aTableWithoutRowsIsItsHeading() {
        assertThat(plain(new Table().text("A").figures("B").render(80))).containsExactly("A  B");
    }

    @Test
    void aRowMustHaveACellForEachColumn() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Table().text("A").row(Line.of("1"), Line.of("2")))
                .withMessageContaining("2 cells")
                .withMessageContaining("1 columns");
    }

    @Test
    void stylesAreKeptWhereACellIsCut() {
        Line cut = Line.of("abc", Style.BAD).plus("defgh", Style.GOOD).fit(5);

        assertThat(cut.plain()).isEqualTo("abcd…");
        assertThat(cut.coloured()).isEqualTo("\u001b[31mabc\u001b[0m\u001b[32md…\u001b[0m");
    }

    @Test
    void aCutAtTheBorderOfTwoPiecesStillShowsThatSomethingIsMissing() {
        assertThat(Line.of("abc").plus("def").fit(3).plain()).isEqualTo("ab…");
        assertThat(Line.of("abc").plus("def").fit(6).plain()).isEqualTo("abcdef");
    }
}

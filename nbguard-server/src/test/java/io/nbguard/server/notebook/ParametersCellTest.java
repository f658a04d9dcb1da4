package io.nbguard.server.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a cell of parameters says, without running it. */
class ParametersCellTest {

    private static NotebookParameter only(String source) {
        List<NotebookParameter> all = ParametersCell.parse(source);
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    @Test
    void literalsHaveTheirTypesAndCommentsAreHelp() {
        assertThat(
                        ParametersCell.parse(
                                "year = 2026  # which year\nrate: float = 1  # per day\nname = 'a' \"b\"\n"
                                        + "flag = True\nnothing = None\nbig = 123456789012345678901234567890\nhex = 0xFF\nhalf = -.5e1"))
                .containsExactly(
                        new NotebookParameter("year", "int", 2026L, Optional.of("which year")),
                        new NotebookParameter("rate", "float", 1L, Optional.of("per day")),
                        new NotebookParameter("name", "string", "ab", Optional.empty()),
                        new NotebookParameter("flag", "bool", true, Optional.empty()),
                        new NotebookParameter("nothing", "null", null, Optional.empty()),
                        new NotebookParameter(
                                "big",
                                "int",
                                new java.math.BigInteger("123456789012345678901234567890"),
                                Optional.empty()),
                        new NotebookParameter("hex", "int", 255L, Optional.empty()),
                        new NotebookParameter("half", "float", -5.0, Optional.empty()));
    }

    @Test
    void listsAndDictionariesMayGoOverManyLines() {
        assertThat(only("regions = [  # all of them\n    'north',\n    (1, 2,),\n    {'a': [None, 1.5]},\n]")
                        .value())
                .isEqualTo(List.of("north", List.of(1L, 2L), Map.of("a", Arrays.asList(null, 1.5))));
    }

    @ParameterizedTest
    @CsvSource({
        "x: int = 1, int",
        "x: str = None, string",
        "x: Optional[int] = None, int",
        "x: List[str] = [], list",
        "x: dict[str] = {}, map",
        "x: float | None = None, float",
        "x = 1  # type: float, float",
        "x = f(), unknown",
        "x: int = f(), int",
        "x = 1 + 2, unknown",
        "x = {1: 2}, unknown",
        "x = f'{y}', unknown",
        "x = b'bytes', unknown",
        "x = (1), unknown"
    })
    void aDeclaredTypeWinsAndWhatIsNoLiteralIsUnknown(String source, String type) {
        assertThat(only(source).type()).isEqualTo(type);
    }

    @Test
    void papermillsTypeCommentsAreNotHelp() {
        assertThat(only("x = None  # type: int how many").help()).contains("how many");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "# x = 1",
                "def f():\n    x = 1",
                "x == 1",
                "x += 1",
                "print('x = 1')",
                "'''\nx = 1\n'''",
                "(\nx\n)"
            })
    void whatOnlyLooksLikeAnAssignmentIsNone(String source) {
        assertThat(ParametersCell.parse(source)).isEmpty();
    }

    @Test
    void escapesAreReadAsPythonReadsThem() {
        assertThat(only("x = 'a\\n\\x41\\u00e9\\\\\\''").value()).isEqualTo("a\nAé\\'");
        assertThat(only("x = r'a\\n'").value()).isEqualTo("a\\n");
        assertThat(only("x = '''two\nlines'''").value()).isEqualTo("two\nlines");
    }

    @Test
    void theLastAssignmentToANameCounts() {
        assertThat(ParametersCell.parse("x = 1\ny = 2\nx = 3"))
                .extracting(NotebookParameter::name, NotebookParameter::value)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("y", 2L), org.assertj.core.groups.Tuple.tuple("x", 3L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x = [", "x = '", "x = '''", "x = {'a'", "x =", "x: ", "x = 1e", "x = \\", "x = -"})
    void aCellThatBreaksOffDoesNoHarm(String source) {
        assertThat(ParametersCell.parse(source)).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    @Timeout(20)
    void whatIsMadeToTakeForEverDoesNot() {
        ParametersCell.parse("x = " + "[".repeat(100_000));
        ParametersCell.parse("x:" + " ".repeat(200_000) + "\n");
        ParametersCell.parse("x = 'a'" + " 'a'".repeat(50_000));
        ParametersCell.parse("(\n".repeat(100_000));
    }
}

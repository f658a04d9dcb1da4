package io.nbguard.core.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputTemplateTest {

    private static final Instant AT = Instant.parse("2026-01-13T23:59:58.999Z");

    @Test
    void theDefaultHasNameTimeAndId() {
        assertThat(render("{name}_exec_{timestamp}_{id}.ipynb", "reports/daily.ipynb"))
                .isEqualTo("daily_exec_20260113T235958Z_k3x9m2pq.ipynb");
        assertThat(OutputTemplate.DEFAULT).hasToString("{name}_exec_{timestamp}_{id}.ipynb");
    }

    @Test
    void aDateAloneIsEnough() {
        assertThat(render("{name}_{date}.ipynb", "report.ipynb")).isEqualTo("report_20260113.ipynb");
    }

    @Test
    void foldersMayBeNamed() {
        assertThat(render("{owner}/{date}/{name}.ipynb", "a.ipynb")).isEqualTo("ada_lovelace/20260113/a.ipynb");
    }

    @Test
    void theNameOfAnyFileIsWithoutItsExtension() {
        assertThat(render("{name}_{date}.ipynb", "etl/load.v2.sh")).isEqualTo("load.v2_20260113.ipynb");
    }

    @Test
    void anOwnerCannotLeaveTheFolder() {
        String name = OutputTemplate.parse("{owner}/x.ipynb").render("a.ipynb", "id", Optional.of("../../etc"), AT);

        assertThat(name).isEqualTo("______etc/x.ipynb");
    }

    @Test
    void bracesInANotebooksNameAreText() {
        assertThat(render("{name}_{id}.ipynb", "a{id}b.ipynb")).isEqualTo("a{id}b_k3x9m2pq.ipynb");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "ü", "漢", "🐍"})
    void aLongNameIsCutToWhatAFileSystemTakes(String letter) {
        String longest = letter.repeat(245 / letter.getBytes(StandardCharsets.UTF_8).length) + ".ipynb";

        String name = render("{name}_exec_{timestamp}_{id}.ipynb", longest);

        assertThat(name.getBytes(StandardCharsets.UTF_8).length).isBetween(230, 247);
        assertThat(name).startsWith(letter).endsWith("_exec_20260113T235958Z_k3x9m2pq.ipynb");
        assertThat(new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".ipynb",
                "{name}",
                "{name}.txt",
                "{nmae}.ipynb",
                "{name.ipynb",
                "name}.ipynb",
                "{}.ipynb",
                "/abs/{name}.ipynb",
                "../{name}.ipynb",
                "a/../{name}.ipynb",
                "a//{name}.ipynb",
                "a/.ipynb",
                "a\n{name}.ipynb",
            })
    void whatCannotBeMeantIsRefusedAndNamed(String template) {
        assertThatThrownBy(() -> OutputTemplate.parse(template))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + template + "'")
                .hasMessageContaining("{name}, {timestamp}, {date}, {id} and {owner}");
    }

    private static String render(String template, String notebook) {
        return OutputTemplate.parse(template).render(notebook, "k3x9m2pq", Optional.of("ada lovelace"), AT);
    }
}

package io.nbguard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParameterTextTest {

    @TempDir
    Path folder;

    @Test
    void jsonHasItsJsonType() {
        assertThat(ParameterText.value("7")).isEqualTo(7L);
        assertThat(ParameterText.value("-7")).isEqualTo(-7L);
        assertThat(ParameterText.value("9223372036854775808")).isEqualTo(new BigInteger("9223372036854775808"));
        assertThat(ParameterText.value("1e5")).isEqualTo(1e5);
        assertThat(ParameterText.value("0.1")).isEqualTo(0.1);
        assertThat(ParameterText.value("1e99999999999")).isEqualTo("1e99999999999");
        assertThat(ParameterText.value("-0.0")).isEqualTo(-0.0);
        assertThat(ParameterText.value("1e999")).isEqualTo(new BigDecimal("1e999"));
        assertThat(ParameterText.value("true")).isEqualTo(true);
        assertThat(ParameterText.value("null")).isNull();
        assertThat(ParameterText.value("\"7\"")).isEqualTo("7");
        assertThat(ParameterText.value("[1, \"a\", null]")).isEqualTo(Arrays.asList(1L, "a", null));
        assertThat(ParameterText.value("{\"a\": {\"b\": [true]}}")).isEqualTo(Map.of("a", Map.of("b", List.of(true))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "007",
                "yes",
                "True",
                "12:30",
                "nan",
                "NaN",
                "1_000",
                "0x10",
                "+1",
                "1.",
                "",
                " ",
                "hello world",
                "[draft",
                "{",
                "\"open",
                "1 2",
                "[1] [2]",
                "'quoted'",
                "a\nb",
                "日本",
                "{\"a\":1,\"a\":2}"
            })
    void anythingElseIsAStringAsItStands(String text) {
        assertThat(ParameterText.value(text)).isEqualTo(text);
    }

    @Test
    void aFileKeepsOrderAndTypes() throws IOException {
        Path file = Files.writeString(
                folder.resolve("p.json"),
                "{\"z\": 1, \"a\": \"007\", \"m\": [1.5, 18446744073709551616], \"n\": null}\n");

        Map<String, Object> parameters = ParameterText.file(folder, file);

        assertThat(parameters.keySet()).containsExactly("z", "a", "m", "n");
        assertThat(parameters).containsEntry("z", 1L).containsEntry("a", "007").containsEntry("n", null);
        assertThat(parameters).containsEntry("m", List.of(1.5, new BigInteger("18446744073709551616")));
    }

    @Test
    void aMistakeInAFileIsNamedWithItsPlace() throws IOException {
        Path file = Files.writeString(folder.resolve("p.json"), "{\n  \"a\": 1,\n  \"b\": nope\n}");

        assertThatExceptionOfType(GuardException.class)
                .isThrownBy(() -> ParameterText.file(folder, file))
                .withMessageContaining(file.toString())
                .withMessageContaining("line 3")
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[1]", "7", "{\"a\":1} {\"b\":2}", "{\"a\":1,\"a\":2}", "{\"a\":", "\u0000"})
    void aFileWithoutExactlyOneObjectIsRefused(String content) throws IOException {
        Path file = Files.writeString(folder.resolve("p.json"), content);

        assertThatExceptionOfType(GuardException.class)
                .isThrownBy(() -> ParameterText.file(folder, file))
                .withMessageContaining("p.json");
    }

    @Test
    void aFileThatIsNotThereOrIsAFolderIsRefused() {
        assertThatExceptionOfType(GuardException.class)
                .isThrownBy(() -> ParameterText.file(folder, Path.of("none.json")))
                .withMessageContaining("does not exist");
        assertThatExceptionOfType(GuardException.class)
                .isThrownBy(() -> ParameterText.file(folder, folder))
                .withMessageContaining("cannot be read");
    }

    @Test
    void aDashIsStandardInputWhateverTheFolder() {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream("{\"a\": 1}".getBytes(StandardCharsets.UTF_8)));
        try {
            assertThat(ParameterText.file(folder, Path.of("-"))).containsOnly(Map.entry("a", 1L));
        } finally {
            System.setIn(before);
        }
    }
}

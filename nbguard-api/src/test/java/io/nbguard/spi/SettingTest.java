package io.nbguard.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.measure.ByteSize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingTest {

    private enum Colour {
        RED,
        DARK_BLUE
    }

    private static final Setting<String> NAME =
            Setting.text("acme.name", "A name.").accepting(text -> text.length() < 4, "up to 3 letters");
    private static final Setting<Path> HOME = Setting.path("acme.home", "A folder.");
    private static final Setting<Boolean> FAST = Setting.flag("acme.fast", "Whether to hurry.");
    private static final Setting<ByteSize> ROOM =
            Setting.size("acme.room", "How much.").between("1m", "1g");
    private static final Setting<Duration> PATIENCE =
            Setting.duration("acme.patience", "How long.").between("1s", "1h").usually("10s");
    private static final Setting<Integer> COUNT = Setting.integer("acme.count", "How many.");
    private static final Setting<Double> SHARE = Setting.fraction("acme.share", "What part.");
    private static final Setting<Colour> COLOUR = Setting.oneOf("acme.colour", Colour.class, "Which.");
    private static final List<Setting<?>> ALL = List.of(NAME, HOME, FAST, ROOM, PATIENCE, COUNT, SHARE, COLOUR);

    private static PluginConfig with(Setting<?> setting, String value) {
        return new PluginConfig(Map.of(setting.key(), value));
    }

    @Test
    void aValueIsReadByItsType() {
        assertThat(with(NAME, " a ").get(NAME)).isEqualTo(" a ");
        assertThat(with(HOME, "/a/b").get(HOME)).isEqualTo(Path.of("/a/b"));
        assertThat(with(FAST, "on").get(FAST)).isTrue();
        assertThat(with(FAST, "FALSE").get(FAST)).isFalse();
        assertThat(with(ROOM, "512m").get(ROOM)).isEqualTo(ByteSize.ofMebibytes(512));
        assertThat(with(PATIENCE, "1m30s").get(PATIENCE)).isEqualTo(Duration.ofSeconds(90));
        assertThat(with(PATIENCE, "PT1H").get(PATIENCE)).isEqualTo(Duration.ofHours(1));
        assertThat(with(COUNT, " 12 ").get(COUNT)).isEqualTo(12);
        assertThat(with(SHARE, "93.75%").get(SHARE)).isEqualTo(0.9375);
        assertThat(with(SHARE, "1").get(SHARE)).isEqualTo(1.0);
        assertThat(with(COLOUR, "dark-blue").get(COLOUR)).isEqualTo(Colour.DARK_BLUE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "acme.name     | four | acme.name: 'four' is not accepted: expected up to 3 letters",
                "acme.fast     | maybe | acme.fast: 'maybe' is not one of its values: expected on or off",
                "acme.room     | 12 parsecs | acme.room: '12 parsecs' is not a size: expected a number and an optional unit",
                "acme.room     | 1k | acme.room: '1k' is not accepted: expected 1m to 1g",
                "acme.patience | a while | acme.patience: 'a while' is not a duration: expected a number with a unit",
                "acme.patience | 2h | acme.patience: '2h' is not accepted: expected 1s to 1h",
                "acme.count    | 1.5 | acme.count: '1.5' is not a whole number: expected digits, such as 100",
                "acme.count    | 3000000000 | acme.count: '3000000000' is not a whole number",
                "acme.share    | 110% | acme.share: '110%' is not a part: expected from 0 to 1, such as 0.9 or 90%",
                "acme.share    | NaN | acme.share: 'NaN' is not a part",
                "acme.colour   | dark_bleu | expected red or dark-blue; did you mean dark-blue?",
                "acme.colour   | '' | acme.colour: '' is not one of its values: expected red or dark-blue",
            })
    void aMistypedValueIsRefusedWithItsKeyAndWhatWasExpected(String key, String value, String message) {
        Setting<?> setting =
                ALL.stream().filter(one -> one.key().equals(key)).findFirst().orElseThrow();

        assertThatThrownBy(() -> with(setting, value).get(setting))
                .isInstanceOfSatisfying(
                        GuardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                .hasMessageContaining(message);
    }

    @Test
    void aPathThatNoFileCanHaveIsRefused() {
        assertThatThrownBy(() -> with(HOME, "a\0b").get(HOME)).hasMessageContaining("is not a path");
    }

    @Test
    void whatIsNotSetHasItsUsualValueOrNone() {
        assertThat(PluginConfig.EMPTY.get(PATIENCE)).isEqualTo(Duration.ofSeconds(10));
        assertThat(PluginConfig.EMPTY.find(COUNT)).isEmpty();
        assertThatThrownBy(() -> PluginConfig.EMPTY.get(COUNT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("acme.count");
    }

    @Test
    void aSettingTellsWhatItTakes() {
        assertThat(ALL)
                .extracting(Setting::type)
                .containsExactly(
                        "text: up to 3 letters",
                        "path",
                        "`on` or `off`",
                        "size, `1m` to `1g`",
                        "duration, `1s` to `1h`",
                        "whole number",
                        "part",
                        "`red`, `dark-blue`");
        assertThat(PATIENCE.usual()).isEqualTo("`10s`");
        assertThat(COUNT.usual()).isEqualTo("none");
        assertThat(COUNT.withoutIt("as many as there are").usual()).isEqualTo("as many as there are");
    }

    @Test
    void aDeclarationThatContradictsItselfIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PATIENCE.usually("2h"))
                .withMessageContaining("'2h'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Setting.text("Acme", "No key."))
                .withMessageContaining("'Acme' is not the key of a setting");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NAME.between("a", "b"))
                .withMessageContaining("no order");
    }

    @Test
    void noValueIsInItsText() {
        assertThat(new PluginConfig(Map.of("acme.password", "secret", "acme.name", "x")))
                .hasToString("PluginConfig[acme.name, acme.password]");
    }
}

package io.nbguard.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.Setting;
import io.nbguard.spi.policy.KillPolicy;
import io.nbguard.spi.policy.KillSituation;
import io.nbguard.spi.policy.Victim;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The entrances by which settings come, and which of them counts. */
class KnownSettingsTest {

    private static final Setting<Duration> PATIENCE =
            Setting.duration("typed.kill-patience", "How long it waits.").usually("10s");
    private static final Setting<String> NAME = Setting.text("typed.name", "What it is called.");

    @TempDir
    private Path folder;

    private final KnownSettings known = KnownSettings.of(
            Plugins.discover(null),
            List.of(new Typed(List.of(
                    PATIENCE,
                    NAME,
                    Setting.text("typed.log-file", "Where it logs."),
                    Setting.text("typed.log.file", "The same, once more.")))));

    @Test
    void theFirstEntranceCounts() throws Exception {
        SettingSource host = configure("typed.kill-patience", "3s");
        SettingSource file = file("# a comment\ntyped.kill-patience = 2s \ntyped.name=filed\n");
        SettingSource environment = environment(Map.of(
                "NBGUARD_TYPED_KILL_PATIENCE", "1s",
                "NBGUARD_TYPED_NAME", "surrounding",
                "NBGUARD_SIDECAR_CLASSPATH", "/surrounding"));

        PluginConfig read = known.read(List.of(host, file, environment));

        assertThat(read.get(PATIENCE)).isEqualTo(Duration.ofSeconds(3));
        assertThat(read.get(NAME)).isEqualTo("filed");
        assertThat(read.get(KnownSettings.SIDECAR_CLASS_PATH)).isEqualTo("/surrounding");
        assertThat(known.read(List.of(file)).get(PATIENCE)).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void theSameMistypedValueIsRefusedFromEachEntranceThoughAnotherCounts() throws Exception {
        SettingSource right = configure("typed.kill-patience", "3s");
        String why = "typed.kill-patience: 'soon' is not a duration: expected a number with";

        assertRefused(List.of(configure("typed.kill-patience", "soon")), "configure: " + why);
        assertRefused(
                List.of(right, file("typed.kill-patience=soon")),
                "settings file " + folder.resolve("nbguard.properties") + ": " + why);
        assertRefused(
                List.of(right, environment(Map.of("NBGUARD_TYPED_KILL_PATIENCE", "soon"))),
                "environment: NBGUARD_TYPED_KILL_PATIENCE: " + why);
    }

    @Test
    void theSameMistypedNameIsRefusedFromEachEntranceAndTheRightOneNamed() throws Exception {
        assertRefused(
                List.of(configure("typed.nmae", "secret")),
                "configure: there is no setting 'typed.nmae': did you mean 'typed.name'?");
        assertRefused(
                List.of(file("typed.nmae=secret")),
                "settings file " + folder.resolve("nbguard.properties")
                        + ": there is no setting 'typed.nmae': did you mean 'typed.name'?");
        assertRefused(
                List.of(environment(Map.of("NBGUARD_TYPED_NMAE", "secret"))),
                "environment: there is no setting 'NBGUARD_TYPED_NMAE': did you mean 'NBGUARD_TYPED_NAME'?");
        assertRefused(
                List.of(environment(Map.of("NBGUARD_TYPED_SOMETHING_ELSE", "secret"))),
                "environment: there is no setting 'NBGUARD_TYPED_SOMETHING_ELSE': expected one of ",
                "NBGUARD_TYPED_KILL_PATIENCE, NBGUARD_TYPED_LOG_FILE, NBGUARD_TYPED_NAME;",
                "is the plugin that reads it on the class path");
    }

    @Test
    void aVariableThatCanMeanTwoSettingsIsRefused() {
        assertRefused(
                List.of(environment(Map.of("NBGUARD_TYPED_LOG_FILE", "x"))),
                "environment: 'NBGUARD_TYPED_LOG_FILE' can mean each of typed.log-file, typed.log.file");
    }

    @Test
    void variablesThatAreNoSettingsAreLeftAlone() {
        SettingSource environment = environment(Map.ofEntries(
                Map.entry("NBGUARD_PYTHON", "/usr/bin/python3"),
                Map.entry("NBGUARD_RUNTIME_DIR", "/run/nbguard"),
                Map.entry("NBGUARD_MAX_CONCURRENT", "4"),
                Map.entry("NBGUARD_MAX_QUEUED", "4"),
                Map.entry("NBGUARD_JAVA_OPTIONS", "-Xmx64m"),
                Map.entry("NBGUARD_COOKIE", "x"),
                Map.entry("NBGUARD_GUEST", "1"),
                Map.entry("NBGUARD_TYPED", "x"),
                Map.entry("NBGUARD_TYPED_NAME", ""),
                Map.entry("NBGUARD_TYPED_SERVICE_HOST", "10.0.0.1"),
                Map.entry("NBGUARD_TYPED_SERVICE_PORT", "5432"),
                Map.entry("NBGUARD_TYPED_PORT", "tcp://10.0.0.1:5432"),
                Map.entry("NBGUARD_TYPED_PORT_5432_TCP_ADDR", "10.0.0.1"),
                Map.entry("TYPED_NAME", "x"),
                Map.entry("nbguard_typed_name", "x")));

        assertThat(environment.values()).isEmpty();
    }

    @Test
    void variablesOfNbguardsOwnAreNoSettingsOfAPluginThatBeginsAsTheyDo() {
        KnownSettings runtime = KnownSettings.of(Plugins.discover(null), List.of(new Typed("runtime", "max", "java")));

        assertThat(runtime.environment(Map.of(
                                "NBGUARD_RUNTIME_DIR", "x", "NBGUARD_MAX_QUEUED", "1", "NBGUARD_JAVA_OPTIONS", "x"))
                        .values())
                .isEmpty();
        assertThat(runtime.environment(Map.of("NBGUARD_RUNTIME_NAME", "x")).values())
                .containsOnlyKeys("NBGUARD_RUNTIME_NAME");
    }

    @Test
    void aSettingWhoseNameIsLikeAnAddressOfKubernetesIsASetting() {
        KnownSettings known = KnownSettings.of(
                Plugins.discover(null), List.of(new Typed(List.of(Setting.integer("acme.port", "It.")))));

        assertThat(known.environment(Map.of("NBGUARD_ACME_PORT", "5432", "NBGUARD_ACME_SERVICE_HOST", "x"))
                        .values())
                .containsOnlyKeys("NBGUARD_ACME_PORT");
    }

    @Test
    void aFileThatCannotBeReadIsRefusedAndNamed() {
        assertThatThrownBy(() -> SettingSource.file(folder.resolve("missing.properties")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("missing.properties")
                .hasMessageContaining("expected a text file in UTF-8 with a line key=value");
        assertThatThrownBy(() -> file("typed.name=\\u12"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nbguard.properties");
    }

    @Test
    void aSourceDoesNotShowItsValues() {
        assertThat(configure("history.password", "secret").toString())
                .contains("history.password")
                .doesNotContain("secret");
    }

    private static SettingSource configure(String key, String value) {
        return SettingSource.of("configure", Map.of(key, value));
    }

    private SettingSource environment(Map<String, String> variables) {
        return known.environment(variables);
    }

    private SettingSource file(String text) throws IOException {
        return SettingSource.file(Files.writeString(folder.resolve("nbguard.properties"), text));
    }

    private void assertRefused(List<SettingSource> sources, String... parts) {
        assertThatThrownBy(() -> known.read(sources))
                .isInstanceOfSatisfying(
                        GuardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                .hasMessageStartingWith(parts[0])
                .hasMessageContainingAll(parts)
                .hasMessageNotContaining("secret");
    }

    /** A policy with settings. */
    private record Typed(List<Setting<?>> settings) implements KillPolicy {

        Typed(String... beginnings) {
            this(Stream.of(beginnings)
                    .<Setting<?>>map(beginning -> Setting.text(beginning + ".name", "What it is called."))
                    .toList());
        }

        @Override
        public String name() {
            return "typed";
        }

        @Override
        public Optional<Victim> choose(KillSituation situation) {
            return Optional.empty();
        }
    }
}

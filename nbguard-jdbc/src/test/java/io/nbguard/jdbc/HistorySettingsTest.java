package io.nbguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.store.HistoryStore;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HistorySettingsTest {

    private static PluginConfig with(String key, String value) {
        Map<String, String> settings = new HashMap<>(Map.of("history.url", "jdbc:sqlite:/x/y.db", "other.thing", "z"));
        settings.put(key, value);
        return new PluginConfig(settings);
    }

    @Test
    void whatIsNotSetHasItsDefault() {
        HistorySettings settings =
                HistorySettings.of(with("history.url", "jdbc:sqlite:/x/y.db")).orElseThrow();

        assertThat(settings.prefix()).isEqualTo("nbguard_");
        assertThat(settings.keep()).isEqualTo(Duration.ofDays(90));
        assertThat(settings.most()).isEqualTo(100_000);
        assertThat(settings.user()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "history.keep   | 90 days  | history.keep: '90 days' is not a duration: expected a number with a unit",
                "history.keep   | PT1S     | history.keep: 'PT1S' is not accepted: expected 1h to 36500d",
                "history.most   | many     | history.most: 'many' is not a whole number: expected digits, such as 100",
                "history.most   | 0        | history.most: '0' is not accepted: expected 1 to 2147483647",
                "history.prefix | A-b      | history.prefix: 'A-b' is not accepted: expected 1 to 30 characters",
                "history.prefix | x; drop  | history.prefix: 'x; drop' is not accepted",
                "history.url    | jdbc:mysql://root:pw@h/x | history.url begins with 'jdbc:mysql:': expected jdbc:sqlite:",
                "history.url    | history.db | history.url begins with 'history.db'",
            })
    void whatCannotBeMeantIsRefusedByName(String key, String value, String message) {
        assertThatThrownBy(() -> new JdbcHistoryStore().open(with(key, value)))
                .isInstanceOf(GuardException.class)
                .hasMessageContaining(message)
                .extracting(e -> ((GuardException) e).code())
                .isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    @Test
    void withoutAUrlItIsNotAvailable() {
        assertThatThrownBy(() -> new JdbcHistoryStore().open(PluginConfig.EMPTY))
                .isInstanceOf(UnavailableException.class)
                .hasMessage("history.url is not set");
    }

    @Test
    void thePasswordIsNotShown() {
        assertThat(HistorySettings.of(with("history.password", "hidden")).orElseThrow())
                .asString()
                .doesNotContain("hidden");
    }

    @Test
    void itIsFoundAsAService() {
        assertThat(ServiceLoader.load(HistoryStore.class))
                .extracting(HistoryStore::name)
                .contains("nbguard-jdbc");
    }
}

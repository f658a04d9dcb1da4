package io.nbguard.core.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.spi.TriggerSpec;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OnceTriggerTest {

    @ParameterizedTest
    @CsvSource({
        "2026-03-01T02:00, 2026-03-01T01:00:00Z",
        "2026-03-01T02:00:30.5, 2026-03-01T01:00:30.500Z",
        "2026-03-01T02:00+05:30, 2026-02-28T20:30:00Z",
        "2026-03-01T02:00:00Z, 2026-03-01T02:00:00Z",
        "2026-03-01T02:00-05:00[America/New_York], 2026-03-01T07:00:00Z",
        // Skipped by the clock: the end of the gap. Shown twice: the first, unless the offset says which.
        "2026-03-29T02:30, 2026-03-29T01:00:00Z",
        "2026-10-25T02:30, 2026-10-25T00:30:00Z",
        "2026-10-25T02:30+01:00, 2026-10-25T01:30:00Z",
    })
    void itFiresOnceAtItsMoment(String expression, Instant moment) {
        assertThat(next(expression, Instant.EPOCH)).contains(moment);
        assertThat(next(expression, moment.minusNanos(1))).contains(moment);
        assertThat(next(expression, moment)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "tomorrow", "2026-03-01", "2026-02-30T02:00", "02:00", "2026-03-01 02:00"})
    void whatIsNoDateAndTimeIsRefusedWithExamples(String expression) {
        assertThatThrownBy(() -> next(expression, Instant.EPOCH))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + expression + "'")
                .hasMessageContaining("2026-03-01T02:00+01:00");
    }

    private static Optional<Instant> next(String expression, Instant after) {
        return new OnceTrigger()
                .nextFireAfter(new TriggerSpec(expression, ZoneId.of("Europe/Berlin"), Instant.EPOCH), after);
    }
}

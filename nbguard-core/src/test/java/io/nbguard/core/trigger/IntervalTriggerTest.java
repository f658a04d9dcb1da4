package io.nbguard.core.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.spi.TriggerSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IntervalTriggerTest {

    private static final Instant ANCHOR = Instant.parse("2026-01-01T00:00:00Z");

    @ParameterizedTest
    @CsvSource({
        // The anchor itself fires; after it, every whole number of intervals, strictly after the instant asked about.
        "10m, 2025-12-31T00:00:00Z, 2026-01-01T00:00:00Z",
        "10m, 2025-12-31T23:59:59.999999999Z, 2026-01-01T00:00:00Z",
        "10m, 2026-01-01T00:00:00Z, 2026-01-01T00:10:00Z",
        "10m, 2026-01-01T00:00:00.000000001Z, 2026-01-01T00:10:00Z",
        "10m, 2026-01-01T00:09:59.999999999Z, 2026-01-01T00:10:00Z",
        "10m, 2026-01-01T00:10:00Z, 2026-01-01T00:20:00Z",
        "PT10M, 2026-01-01T00:10:00Z, 2026-01-01T00:20:00Z",
        "PT0.1S, 2026-01-01T00:00:00.25Z, 2026-01-01T00:00:00.3Z",
        "90s, 2026-01-01T00:02:00Z, 2026-01-01T00:03:00Z",
        "2h, 2026-01-01T13:00:00Z, 2026-01-01T14:00:00Z",
        "1d, 2026-03-29T00:00:00Z, 2026-03-30T00:00:00Z",
        "250ms, 2026-01-01T00:00:00.5Z, 2026-01-01T00:00:00.75Z",
        "7 M, 2026-01-01T00:00:00Z, 2026-01-01T00:07:00Z",
    })
    void itFiresAtWholeIntervalsAfterTheAnchor(String expression, Instant after, Instant fire) {
        assertThat(next(expression, after)).contains(fire);
    }

    @Test
    void itDoesNotDriftOverCenturies() {
        Instant late = Instant.parse("+10000-01-01T00:00:00Z");

        Instant fire = next("7s", late).orElseThrow();

        assertThat(fire).isAfter(late).isBeforeOrEqualTo(late.plusSeconds(7));
        assertThat(Duration.between(ANCHOR, fire).getSeconds() % 7).isZero();
    }

    @Test
    void everyFireIsTheFirstWholeIntervalAfterwards() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 10_000; i++) {
            Duration interval = Duration.ofNanos(1 + random.nextLong(1_000_000_000_000L));
            Instant after = ANCHOR.plusNanos(random.nextLong(1_000_000_000_000_000L));

            Instant fire = next(interval.toString(), after).orElseThrow();

            assertThat(Duration.between(ANCHOR, fire).toNanos() % interval.toNanos())
                    .isZero();
            assertThat(fire).isAfter(after);
            assertThat(fire.minus(interval)).isBeforeOrEqualTo(after);
        }
    }

    @Test
    void afterTheEndOfTimeThereIsNothing() {
        assertThat(next("1d", Instant.MAX)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ten minutes", "10", "10x", "P", "1m30", "10 m s"})
    void whatIsNoIntervalIsRefusedWithAnExample(String expression) {
        assertThatThrownBy(() -> next(expression, ANCHOR))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + expression + "'")
                .hasMessageContaining("PT10M");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "PT0S", "PT-5M"})
    void anIntervalMustBeLongerThanNothing(String expression) {
        assertThatThrownBy(() -> next(expression, ANCHOR))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + expression + "' must be longer than 0");
    }

    private static Optional<Instant> next(String expression, Instant after) {
        return new IntervalTrigger().nextFireAfter(new TriggerSpec(expression, ZoneOffset.UTC, ANCHOR), after);
    }
}

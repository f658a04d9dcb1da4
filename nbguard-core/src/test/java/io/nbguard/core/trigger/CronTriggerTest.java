package io.nbguard.core.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.spi.TriggerSpec;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronTriggerTest {

    private static final Instant NEW_YEAR = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void sixHundredRandomExpressionsFireWhenCroniterSaysSo() throws Exception {
        List<String> rows;
        try (BufferedReader table = new BufferedReader(new InputStreamReader(
                CronTriggerTest.class.getResourceAsStream("croniter-table.csv"), StandardCharsets.UTF_8))) {
            rows = table.lines().toList();
        }
        assertThat(rows).hasSize(600);
        for (String row : rows) {
            String[] cells = row.split(";");
            Instant at = Instant.parse(cells[1]);
            List<String> fires = new ArrayList<>();
            for (int i = 2; i < cells.length; i++) {
                at = next(cells[0], ZoneOffset.UTC, at).orElseThrow();
                fires.add(at.toString());
            }
            assertThat(fires)
                    .as(row)
                    .containsExactly(List.of(cells).subList(2, cells.length).toArray(String[]::new));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "@hourly, 2026-01-01T01:00:00Z, 2026-01-01T02:00:00Z",
        "@daily, 2026-01-02T00:00:00Z, 2026-01-03T00:00:00Z",
        "@midnight, 2026-01-02T00:00:00Z, 2026-01-03T00:00:00Z",
        "@weekly, 2026-01-04T00:00:00Z, 2026-01-11T00:00:00Z",
        "@monthly, 2026-02-01T00:00:00Z, 2026-03-01T00:00:00Z",
        "@yearly, 2027-01-01T00:00:00Z, 2028-01-01T00:00:00Z",
        "@ANNUALLY, 2027-01-01T00:00:00Z, 2028-01-01T00:00:00Z",
        // 0 and 7 are Sunday, as a number, in a range and by name.
        "0 0 * * 0, 2026-01-04T00:00:00Z, 2026-01-11T00:00:00Z",
        "0 0 * * 7, 2026-01-04T00:00:00Z, 2026-01-11T00:00:00Z",
        "0 0 * * 6-7, 2026-01-03T00:00:00Z, 2026-01-04T00:00:00Z",
        "0 0 * * Sat-Sun, 2026-01-03T00:00:00Z, 2026-01-04T00:00:00Z",
        "0 0 * * sun-mon, 2026-01-04T00:00:00Z, 2026-01-05T00:00:00Z",
        // The 13th or a Friday; but with * in one of the fields (a step too), both must match.
        "0 0 13 * 5, 2026-01-02T00:00:00Z, 2026-01-09T00:00:00Z",
        "0 0 13 * *, 2026-01-13T00:00:00Z, 2026-02-13T00:00:00Z",
        "0 0 */2 * fri, 2026-01-09T00:00:00Z, 2026-01-23T00:00:00Z",
        "*/7 * * * *, 2026-01-01T00:07:00Z, 2026-01-01T00:14:00Z",
        "59 23 31 12 *, 2026-12-31T23:59:00Z, 2027-12-31T23:59:00Z",
        "0 0 29 feb *, 2028-02-29T00:00:00Z, 2032-02-29T00:00:00Z",
        "'5-50/15 3 1,15 jan,7 *', 2026-01-01T03:05:00Z, 2026-01-01T03:20:00Z",
        "'  0\t2   *  * *  ', 2026-01-01T02:00:00Z, 2026-01-02T02:00:00Z",
    })
    void itReadsWhatCrontabReads(String expression, Instant first, Instant second) {
        assertThat(next(expression, ZoneOffset.UTC, NEW_YEAR)).contains(first);
        assertThat(next(expression, ZoneOffset.UTC, first)).contains(second);
    }

    /** The table in docs/schedules.md. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "30 2 * * *|2026-03-29T03:00+02:00|2026-10-25T02:30+02:00",
                "0,30 2 * * *|2026-03-29T03:00+02:00|2026-10-25T02:00+02:00 2026-10-25T02:30+02:00",
                "0 3 * * *|2026-03-29T03:00+02:00|2026-10-25T03:00+01:00",
                "0 * * * *|2026-03-29T01:00+01:00 2026-03-29T03:00+02:00 2026-03-29T04:00+02:00"
                        + "|2026-10-25T01:00+02:00 2026-10-25T02:00+02:00 2026-10-25T02:00+01:00 2026-10-25T03:00+01:00"
                        + " 2026-10-25T04:00+01:00",
                "*/30 2 * * *||2026-10-25T02:00+02:00 2026-10-25T02:30+02:00 2026-10-25T02:00+01:00"
                        + " 2026-10-25T02:30+01:00",
            })
    void summerTimeInBerlinIsAsTheDocumentationSays(String expression, String spring, String autumn) {
        assertThat(morning(expression, "2026-03-29")).isEqualTo(spring == null ? "" : spring);
        assertThat(morning(expression, "2026-10-25")).isEqualTo(autumn);
    }

    /** Returns the fires from 01:00 to 04:00. */
    private static String morning(String expression, String day) {
        ZoneId berlin = ZoneId.of("Europe/Berlin");
        LocalDate date = LocalDate.parse(day);
        Instant end = date.atTime(4, 0).atZone(berlin).toInstant();
        List<String> fires = new ArrayList<>();
        Instant at = date.atTime(0, 59).atZone(berlin).toInstant();
        for (at = next(expression, berlin, at).orElseThrow();
                !at.isAfter(end);
                at = next(expression, berlin, at).orElseThrow()) {
            fires.add(at.atZone(berlin).toOffsetDateTime().toString());
        }
        return String.join(" ", fires);
    }

    @Test
    void theRarestDayIsFoundAcrossTheYearWithoutALeapDay() {
        assertThat(next("0 0 29 2 *", ZoneOffset.UTC, Instant.parse("2096-03-01T00:00:00Z")))
                .contains(Instant.parse("2104-02-29T00:00:00Z"));
        // A 29th of February that is a Sunday: a step in the last field makes it "and", and */7 leaves Sunday only.
        assertThat(next("0 0 29 2 */7", ZoneOffset.UTC, Instant.parse("2088-03-01T00:00:00Z")))
                .contains(Instant.parse("2128-02-29T00:00:00Z"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 0 31 2 *", "0 0 30 2 *", "0 0 31 4,6,9,11 *"})
    void aDayThatNeverComesNeverFires(String expression) {
        assertThat(next(expression, ZoneId.of("Europe/Berlin"), NEW_YEAR)).isEmpty();
    }

    @Test
    void aFireIsStrictlyAfterTheMomentAskedAboutAndOnAWholeMinute() {
        Instant two = Instant.parse("2026-01-01T02:00:00Z");

        assertThat(next("0 2 * * *", ZoneOffset.UTC, two.minusNanos(1))).contains(two);
        assertThat(next("0 2 * * *", ZoneOffset.UTC, two)).contains(Instant.parse("2026-01-02T02:00:00Z"));
        assertThat(next("* * * * *", ZoneOffset.UTC, two.minusNanos(1))).contains(two);
        assertThat(next("* * * * *", ZoneOffset.UTC, two.plusNanos(1))).contains(two.plusSeconds(60));
    }

    @Test
    void atTheEndsOfTimeThereIsNothing() {
        assertThat(next("* * * * *", ZoneId.of("Europe/Berlin"), Instant.MAX)).isEmpty();
        assertThat(next("0 2 * * *", ZoneId.of("Europe/Berlin"), Instant.MAX)).isEmpty();
        assertThat(next("0 2 * * *", ZoneOffset.UTC, Instant.MIN)).isEmpty();
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of("61 2 * * *", "minute '61'", "0 to 59, such as 30"),
                Arguments.of("0 24 * * *", "hour '24'", "0 to 23, such as 2"),
                Arguments.of("0 0 0 * *", "day of month '0'", "1 to 31, such as 1"),
                Arguments.of("0 0 32 * *", "day of month '32'", "1 to 31"),
                Arguments.of("0 0 * 13 *", "month '13'", "1 to 12 or jan to dec"),
                Arguments.of("0 0 * janx *", "month 'janx'", "jan to dec"),
                Arguments.of("0 0 * * 8", "day of week '8'", "0 to 7 or sun to sat"),
                Arguments.of("0 0 * * monday", "day of week 'monday'", "sun to sat"),
                Arguments.of("0 22-2 * * *", "hour '22-2' runs backwards", "two ranges"),
                Arguments.of("0 0 * * fri-mon", "day of week 'fri-mon' runs backwards", "two ranges"),
                Arguments.of("*/0 * * * *", "minute '*/0' has the step '0'", "from 1 to 59"),
                Arguments.of("*/x * * * *", "minute '*/x' has the step 'x'", "from 1 to 59"),
                Arguments.of("0/15 * * * *", "minute '0/15' has a step but no range", "write 0-59/15 or */15"),
                Arguments.of("1,,2 * * * *", "minute '1,,2' is not understood at ''", "0 to 59"),
                Arguments.of("1- * * * *", "minute '1-' is not understood at ''", "0 to 59"),
                Arguments.of("-5 * * * *", "minute '-5' is not understood at ''", "0 to 59"),
                Arguments.of("0 0 L * *", "day of month 'L'", "1 to 31"),
                Arguments.of("0 0 ? * *", "day of month '?'", "1 to 31"),
                Arguments.of("١ 0 * * *", "minute '١'", "0 to 59"),
                Arguments.of("0 2 * *", "has 4 fields", "expected 5 (minute, hour, day of month, month, day of week"),
                Arguments.of("0 0 2 * * *", "has 6 fields", "there are no seconds"),
                Arguments.of("", "has 0 fields", "'0 2 * * mon-fri'"),
                Arguments.of("@reboot", "'@reboot' is not known", "@hourly, @daily"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void whatIsNoCronExpressionIsRefusedNamingTheFieldAndAnExample(String expression, String what, String expected) {
        assertThatThrownBy(() -> next(expression, ZoneOffset.UTC, NEW_YEAR))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cron expression '" + expression + "'")
                .hasMessageContaining(what)
                .hasMessageContaining(expected);
    }

    static Optional<Instant> next(String expression, ZoneId zone, Instant after) {
        return new CronTrigger().nextFireAfter(new TriggerSpec(expression, zone, NEW_YEAR), after);
    }
}

package io.nbguard.core.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nbguard.api.history.UsagePoint;
import io.nbguard.api.history.UsagePoint.Figure;
import io.nbguard.api.measure.ByteSize;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UsageSeriesTest {

    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant END = Instant.parse("2027-01-01T00:00:00Z");

    private final UsageSeries series = new UsageSeries(100);

    private void read(int second, long mebibytes, double cores) {
        series.add(UsagePoint.reading(BEGIN.plusSeconds(second), ByteSize.ofMebibytes(mebibytes), cores));
    }

    @Test
    void whatFitsIsGivenBackAsItWasRead() {
        read(0, 10, 0.5);
        read(1, 20, 1.5);

        assertThat(series.points(BEGIN, END, 1000))
                .containsExactly(
                        UsagePoint.reading(BEGIN, ByteSize.ofMebibytes(10), 0.5),
                        UsagePoint.reading(BEGIN.plusSeconds(1), ByteSize.ofMebibytes(20), 1.5));
    }

    @Test
    void aLongRunStaysWithinItsBoundsAndKeepsItsPeakItsMeanAndItsLatestReadings() {
        int seconds = 100_000;
        for (int i = 0; i < seconds; i++) {
            read(i, i == 777 ? 5_000 : 100, i % 2);
        }

        List<UsagePoint> points = series.points(BEGIN, END, 10_000);

        assertThat(points).hasSizeBetween(50, 100);
        assertThat(points).isSortedAccordingTo((a, b) -> a.at().compareTo(b.at()));
        assertThat(points.get(0).at()).isEqualTo(BEGIN);
        assertThat(points)
                .anyMatch(point -> point.memory().map(Figure::peak).equals(Optional.of(ByteSize.ofMebibytes(5_000))));
        UsagePoint last = points.get(points.size() - 1);
        assertThat(last).isEqualTo(UsagePoint.reading(BEGIN.plusSeconds(seconds - 1), ByteSize.ofMebibytes(100), 1));
        // All of it as one: means are weighted by how many readings a point stands for.
        UsagePoint whole = series.points(BEGIN, END, 1).get(0);
        assertThat(whole.span()).isEqualTo(Duration.ofSeconds(seconds - 1));
        assertThat(whole.cores().map(Figure::mean).orElseThrow()).isCloseTo(0.5, within(0.001));
        assertThat(whole.cores().map(Figure::peak)).hasValue(1.0);
        assertThat(whole.memory().map(Figure::mean).orElseThrow().bytes())
                .isCloseTo(
                        ByteSize.ofMebibytes(100).bytes()
                                + ByteSize.ofMebibytes(4_900).bytes() / seconds,
                        within(100L));
    }

    @Test
    void fewerPointsAreGivenWhereFewerAreAskedForAndOnlyOfTheTimeThatIsAskedFor() {
        for (int i = 0; i < 90; i++) {
            read(i, i, 1);
        }

        assertThat(series.points(BEGIN, END, 10)).hasSize(10);
        assertThat(series.points(BEGIN.plusSeconds(10), BEGIN.plusSeconds(20), 1000))
                .hasSize(10)
                .allMatch(point -> !point.at().isBefore(BEGIN.plusSeconds(10)))
                .allMatch(point -> point.at().isBefore(BEGIN.plusSeconds(20)));
    }

    @Test
    void whatIsNotKnownStaysUnknownAndCountsInNoMean() {
        UsageSeries series = new UsageSeries(100);
        series.add(UsagePoint.reading(BEGIN, Optional.of(ByteSize.ofMebibytes(10)), Optional.empty()));
        series.add(UsagePoint.reading(BEGIN.plusSeconds(1), Optional.of(ByteSize.ofMebibytes(30)), Optional.empty()));

        UsagePoint whole = series.points(Instant.MIN, Instant.MAX, 1).get(0);
        assertThat(whole.memory().map(Figure::mean)).contains(ByteSize.ofMebibytes(20));
        assertThat(whole.memory().map(Figure::peak)).contains(ByteSize.ofMebibytes(30));
        assertThat(whole.cores()).isEmpty();
        series.add(UsagePoint.reading(BEGIN.plusSeconds(2), Optional.empty(), Optional.of(2.0)));
        whole = series.points(Instant.MIN, Instant.MAX, 1).get(0);
        assertThat(whole.memory().map(Figure::mean)).contains(ByteSize.ofMebibytes(20));
        assertThat(whole.cores().map(Figure::mean)).hasValue(2.0);
    }
}

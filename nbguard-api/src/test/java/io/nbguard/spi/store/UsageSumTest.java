package io.nbguard.spi.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.history.UsagePoint;
import io.nbguard.api.history.UsagePoint.Figure;
import io.nbguard.api.measure.ByteSize;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UsageSumTest {

    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private static UsagePoint point(int second, int bytes, double cores) {
        return new UsagePoint(
                BEGIN.plusSeconds(second),
                Duration.ofSeconds(1),
                Optional.of(Figure.of(ByteSize.ofBytes(bytes))),
                Optional.of(Figure.of(cores)));
    }

    @Test
    void onePointStaysAsItIs() {
        UsagePoint point = new UsagePoint(
                BEGIN,
                Duration.ofMillis(7),
                Optional.of(new Figure<>(ByteSize.ofBytes(3), ByteSize.ofBytes(5))),
                Optional.of(new Figure<>(0.25, 2.0)));

        assertThat(UsageSum.of(point, 1).point()).isEqualTo(point);
    }

    @Test
    void meansAreWeighedByReadingsAndPeaksAreTheHighestOverTheWholeTime() {
        UsageSum sum = UsageSum.of(point(0, 100, 1.0), 3).and(UsageSum.of(point(5, 500, 2.0), 1));

        assertThat(sum.readings()).isEqualTo(4);
        assertThat(sum.point())
                .isEqualTo(new UsagePoint(
                        BEGIN,
                        Duration.ofSeconds(6),
                        Optional.of(new Figure<>(ByteSize.ofBytes(200), ByteSize.ofBytes(500))),
                        Optional.of(new Figure<>(1.25, 2.0))));
    }

    @Test
    void theOrderDoesNotMatter() {
        UsageSum early = UsageSum.of(point(0, 100, 1.0), 3);
        UsageSum late = UsageSum.of(point(5, 500, 2.0), 1);

        assertThat(late.and(early)).isEqualTo(early.and(late));
    }

    @Test
    void aFigureThatIsNotKnownCountsInNoMean() {
        UsagePoint memoryOnly = UsagePoint.reading(BEGIN, Optional.of(ByteSize.ofBytes(10)), Optional.empty());
        UsagePoint coresOnly = UsagePoint.reading(BEGIN.plusSeconds(1), Optional.empty(), Optional.of(4.0));
        UsagePoint both = UsagePoint.reading(BEGIN.plusSeconds(2), ByteSize.ofBytes(30), 2.0);

        UsagePoint sum = UsageSum.of(memoryOnly, 1)
                .and(UsageSum.of(coresOnly, 1))
                .and(UsageSum.of(both, 1))
                .point();

        assertThat(sum.memory()).contains(new Figure<>(ByteSize.ofBytes(20), ByteSize.ofBytes(30)));
        assertThat(sum.cores()).contains(new Figure<>(3.0, 4.0));
        assertThat(UsageSum.of(memoryOnly, 1)
                        .and(UsageSum.of(memoryOnly, 1))
                        .point()
                        .cores())
                .isEmpty();
    }
}

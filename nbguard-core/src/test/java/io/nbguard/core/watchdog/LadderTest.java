package io.nbguard.core.watchdog;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.watchdog.KillScenario;
import io.nbguard.api.watchdog.MemoryRung;
import io.nbguard.core.fixture.ManualClock;
import io.nbguard.core.fixture.RecordedEvents;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LadderTest {

    private static final long LIMIT = 1_000_000;

    private final ManualClock clock = new ManualClock();
    private final RecordedEvents events = new RecordedEvents();
    private final Ladder ladder = new Ladder(
            KillScenario.Cause.NODE_LIMIT,
            MemoryThreshold.fraction(0.80),
            MemoryThreshold.fraction(0.85),
            MemoryThreshold.fraction(0.9375),
            events,
            clock);

    private MemoryRung after(Duration pause, double used) {
        clock.advance(pause);
        return ladder.stand((long) (used * LIMIT), LIMIT);
    }

    private long told() {
        return events.of(GuardEvent.RungChanged.class).size();
    }

    @Test
    void aHigherRungIsTakenAtOnceAndLeftAfterThreeSecondsBelowIt() {
        assertThat(after(Duration.ZERO, 0.81)).isEqualTo(MemoryRung.WARN);
        assertThat(after(Duration.ofMillis(1), 0.94)).isEqualTo(MemoryRung.KILL);

        assertThat(after(Duration.ofMillis(1), 0.10)).isEqualTo(MemoryRung.KILL);
        assertThat(after(Duration.ofMillis(2_999), 0.10)).isEqualTo(MemoryRung.KILL);
        assertThat(after(Duration.ofMillis(1), 0.10)).isEqualTo(MemoryRung.NORMAL);
        assertThat(told()).isEqualTo(3);
    }

    @Test
    void useThatSwingsMakesNoStormOfEvents() {
        for (int i = 0; i < 100; i++) {
            after(Duration.ofMillis(400), 0.86);
            after(Duration.ofMillis(400), 0.60);
            after(Duration.ofMillis(400), 0.82);
        }

        assertThat(told()).isEqualTo(1);
        assertThat(ladder.rung()).isEqualTo(MemoryRung.STOP_ADMITTING);
    }

    @Test
    void aRungIsLeftForTheHighestThatWasReachedMeanwhile() {
        after(Duration.ZERO, 0.95);
        after(Duration.ofSeconds(1), 0.50);
        after(Duration.ofSeconds(1), 0.82);

        assertThat(after(Duration.ofSeconds(2), 0.50)).isEqualTo(MemoryRung.WARN);
        assertThat(after(Duration.ofSeconds(1), 0.50)).isEqualTo(MemoryRung.WARN);
        assertThat(after(Duration.ofSeconds(3), 0.50)).isEqualTo(MemoryRung.NORMAL);
    }

    @Test
    void useThatTremblesAboutARungKeepsIt() {
        after(Duration.ZERO, 0.80);
        for (int i = 0; i < 20; i++) {
            assertThat(after(Duration.ofSeconds(1), 0.79)).isEqualTo(MemoryRung.WARN);
        }
        assertThat(told()).isEqualTo(1);
    }
}

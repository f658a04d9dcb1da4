package io.nbguard.core.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Reading;
import io.nbguard.api.watchdog.Safety;
import io.nbguard.api.watchdog.SafetyTier;
import io.nbguard.api.watchdog.WatchdogMode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SafetyMeterTest {

    private static final long GB = 1_000_000_000L;
    private static final long MS = 1_000_000L;

    private static Reading<ByteSize> rate(SafetyTier tier, long reaction, long dying, long room) {
        Safety safety = SafetyMeter.of(tier, WatchdogMode.IN_PROCESS, reaction, dying, room);
        assertThat(safety.reaction()).isEqualTo(Duration.ofNanos(reaction));
        return safety.survivableFillPerSecond();
    }

    @Test
    void oneExecutionMayFillTheRoomWithinTheReaction() {
        assertThat(rate(SafetyTier.READ_ONLY, 200 * MS, 0, GB).value()).contains(ByteSize.ofBytes(5 * GB));
    }

    @Test
    void besideOthersItIsThreeQuartersOfTheRoomWithinReactionAndDeath() {
        assertThat(rate(SafetyTier.READ_ONLY, 50 * MS, 100 * MS, GB).value()).contains(ByteSize.ofBytes(5 * GB));
    }

    @Test
    void itIsNeverMoreThanThePausesAreMadeFor() {
        assertThat(rate(SafetyTier.READ_ONLY, MS, 0, 10 * GB).value()).contains(ByteSize.ofBytes(16 * GB));
    }

    @Test
    void withoutALimitThereIsNoneAndOnTheWritableTierThereIsNoBound() {
        assertThat(rate(SafetyTier.READ_ONLY, MS, 0, -1)).isInstanceOf(Reading.Unavailable.class);
        assertThat(rate(SafetyTier.WRITABLE, MS, 0, GB)).isInstanceOf(Reading.Unlimited.class);
    }

    @Test
    void theWorstLagAndTheSlowestTickOfTheLastMinutesCount() {
        LoopTimer timer = new LoopTimer();
        long now = 0;
        timer.begin(now);
        timer.end(now + 3 * MS, MS, true);
        now += 3 * MS + 25 * MS;
        timer.begin(now);
        timer.end(now + 500 * MS, MS, false);

        assertThat(timer.worstLagNanos()).isEqualTo(25 * MS);
        assertThat(timer.slowestNanos()).as("what a kill takes is told apart").isEqualTo(3 * MS);
        for (int second = 0; second < 130; second++) {
            now = timer.dueNanos();
            timer.begin(now);
            timer.end(now + MS, 1_000 * MS, true);
        }
        assertThat(timer.worstLagNanos()).isZero();
        assertThat(timer.slowestNanos()).isEqualTo(MS);
    }
}

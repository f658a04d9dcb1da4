package io.nbguard.core.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.StopMode;
import io.nbguard.spi.executor.Force;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StopLadderTest {

    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final long SECOND = 1_000_000_000L;

    @Test
    void aGracefulStopInterruptsThenTerminatesThenKills() {
        StopLadder ladder = StopLadder.begin(EndReason.USER_STOP, StopMode.GRACEFUL, GRACE, 0);

        assertThat(ladder.isDue(0)).isTrue();
        assertThat(ladder.take(0)).isEqualTo(Force.INTERRUPT);
        assertThat(ladder.isDue(5 * SECOND - 1)).isFalse();
        assertThat(ladder.dueInNanos(4 * SECOND)).isEqualTo(SECOND);
        assertThat(ladder.take(5 * SECOND)).isEqualTo(Force.TERMINATE);
        assertThat(ladder.isDue(10 * SECOND - 1)).isFalse();
        assertThat(ladder.take(10 * SECOND)).isEqualTo(Force.KILL);
    }

    @Test
    void aKillIsRepeatedAfterASecond() {
        StopLadder ladder = StopLadder.begin(EndReason.USER_STOP, StopMode.IMMEDIATE, GRACE, 0);

        assertThat(ladder.take(0)).isEqualTo(Force.KILL);
        assertThat(ladder.isDue(SECOND / 4)).isFalse();
        assertThat(ladder.isDue(SECOND)).isTrue();
        assertThat(ladder.take(SECOND)).isEqualTo(Force.KILL);
    }

    @Test
    void anImmediateStopHastensAGracefulOne() {
        StopLadder ladder = StopLadder.begin(EndReason.USER_STOP, StopMode.GRACEFUL, GRACE, 0);
        ladder.take(0);

        ladder.hasten(SECOND);

        assertThat(ladder.isDue(SECOND)).isTrue();
        assertThat(ladder.take(SECOND)).isEqualTo(Force.KILL);
    }

    @Test
    void hasteWithinTheLastGraceStillHelps() {
        StopLadder ladder = StopLadder.begin(EndReason.USER_STOP, StopMode.GRACEFUL, GRACE, 0);
        ladder.take(0);
        ladder.take(5 * SECOND);

        ladder.hasten(6 * SECOND);

        assertThat(ladder.isDue(6 * SECOND)).isTrue();
        assertThat(ladder.take(6 * SECOND)).isEqualTo(Force.KILL);
    }

    @Test
    void hasteAfterAKillDoesNotKillFasterAndFaster() {
        StopLadder ladder = StopLadder.begin(EndReason.USER_STOP, StopMode.IMMEDIATE, GRACE, 0);
        ladder.take(0);

        ladder.hasten(1);

        assertThat(ladder.isDue(1)).isFalse();
    }

    @Test
    void aTimeoutGetsOneShortChance() {
        StopLadder ladder = StopLadder.begin(EndReason.TIMEOUT, StopMode.GRACEFUL, GRACE, 0);

        assertThat(ladder.take(0)).isEqualTo(Force.INTERRUPT);
        assertThat(ladder.isDue(2 * SECOND - 1)).isFalse();
        assertThat(ladder.take(2 * SECOND)).isEqualTo(Force.KILL);
    }

    @Test
    void timesMayBeNegative() {
        long start = Long.MAX_VALUE - SECOND;
        StopLadder ladder = StopLadder.begin(EndReason.USER_STOP, StopMode.GRACEFUL, GRACE, start);
        ladder.take(start);

        assertThat(ladder.isDue(start + 4 * SECOND)).isFalse();
        assertThat(ladder.isDue(start + 5 * SECOND)).isTrue();
    }
}

package io.nbguard.core.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whose turn it is, in time that the test moves by hand. */
class FailoverPolicyTest {

    private static final Duration LOOK = Duration.ofMillis(100);

    private long now = 5_000_000_000L;
    private final FailoverPolicy handover = new FailoverPolicy(now, LOOK);

    private Optional<String> pass(Duration time, boolean heard, boolean allWatched) {
        Optional<String> trouble = Optional.empty();
        for (long left = time.toNanos(); left > 0 && trouble.isEmpty(); left -= LOOK.toNanos()) {
            now += LOOK.toNanos();
            trouble = handover.look(now, heard, allWatched);
        }
        return trouble;
    }

    private void start() {
        assertThat(handover.isStartDue(now)).isTrue();
        handover.started(now);
        handover.ready(now);
    }

    @Test
    void aSidecarIsActiveFromTheMomentItIsReady() {
        assertThat(handover.isActive()).isFalse();
        handover.started(now);
        assertThat(handover.isActive()).isFalse();
        handover.ready(now);
        assertThat(handover.isActive()).isTrue();
        assertThat(handover.isStartDue(now)).isFalse();
        assertThat(pass(Duration.ofHours(1), true, true)).isEmpty();
        assertThat(handover.isActive()).isTrue();
    }

    @Test
    void aSidecarThatIsSilentForASecondIsGivenUp() {
        start();
        assertThat(pass(Duration.ofMillis(900), false, true)).isEmpty();
        assertThat(pass(Duration.ofMillis(100), true, true)).isEmpty();
        assertThat(pass(Duration.ofMillis(900), false, true)).isEmpty();
        assertThat(pass(Duration.ofMillis(100), false, true)).hasValue("it has not answered for 1000 ms");
    }

    @Test
    void aPauseOfThisJvmIsNoSilenceOfTheSidecar() {
        start();
        for (int pause = 0; pause < 4; pause++) {
            now += Duration.ofSeconds(30).toNanos();
            assertThat(handover.look(now, false, true)).isEmpty();
        }
        assertThat(handover.isActive()).isTrue();
        assertThat(pass(Duration.ofMillis(200), false, true)).isPresent();
    }

    @Test
    void aSidecarThatDoesNotGetReadyIsGivenUp() {
        handover.started(now);
        assertThat(pass(Duration.ofSeconds(19), false, true)).isEmpty();
        assertThat(pass(Duration.ofSeconds(1), false, true)).hasValue("it was not ready within 20 s");
    }

    @Test
    void theHostWatchesWhileAnExecutionIsUnwatchedForLongerThanASecond() {
        start();
        pass(Duration.ofMillis(900), true, false);
        assertThat(handover.isActive()).isTrue();
        pass(Duration.ofMillis(100), true, false);
        assertThat(handover.isActive()).isFalse();
        pass(Duration.ofMillis(100), true, true);
        assertThat(handover.isActive()).isTrue();
    }

    @Test
    void anotherSidecarFollowsAfterPausesThatGrowUntilTooManyHaveFailed() {
        long pause = FailoverPolicy.FIRST_PAUSE.toNanos();
        for (int failure = 1; failure < FailoverPolicy.MOST_FAILURES; failure++) {
            start();
            handover.ended(now);
            assertThat(handover.isActive()).isFalse();
            assertThat(handover.isStartDue(now + pause - 1)).isFalse();
            now += pause;
            assertThat(handover.isStartDue(now)).isTrue();
            pause = Math.min(2 * pause, FailoverPolicy.LONGEST_PAUSE.toNanos());
        }
        start();
        handover.ended(now);
        assertThat(handover.hasGivenUp()).isTrue();
        assertThat(handover.isStartDue(now + Duration.ofDays(1).toNanos())).isFalse();
    }

    @Test
    void aSidecarThatHasWorkedForAMinuteIsNoFailure() {
        for (int time = 0; time < 3 * FailoverPolicy.MOST_FAILURES; time++) {
            start();
            now += FailoverPolicy.PROVED.toNanos();
            handover.ended(now);
            now += FailoverPolicy.FIRST_PAUSE.toNanos();
        }
        assertThat(handover.isStartDue(now)).isTrue();
    }
}

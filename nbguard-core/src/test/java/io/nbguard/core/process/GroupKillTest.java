package io.nbguard.core.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.core.fixture.FakeGroup;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GroupKillTest {

    private static final Duration LONG = Duration.ofSeconds(50);

    private final FakeGroup group = new FakeGroup();

    GroupKillTest() {
        group.alive = 3;
    }

    private boolean confirm(Duration timeout) throws InterruptedException {
        return GroupKill.confirm(group, GroupKill.ROOT_GRACE, timeout, "hog.ipynb");
    }

    @Test
    void aSignalWaitsForNothing() {
        group.lingers = true;

        GroupKill.signal(group, "hog.ipynb");

        assertThat(group.alive).isEqualTo(3);
        assertThat(group.log).containsExactly("kill");
    }

    @Test
    void itIsConfirmedOnlyWhenNothingIsLeft() throws Exception {
        group.unkillable = true;
        assertThat(confirm(Duration.ZERO)).isFalse();

        group.unkillable = false;
        assertThat(confirm(LONG)).isTrue();
        assertThat(group.alive).isZero();
    }

    @Test
    void aTrackerThatThrowsKeepsNoCallerFromGoingOnAndConfirmsNothing() throws Exception {
        group.whenKilled = () -> {
            throw new IllegalStateException("procfs is gone");
        };
        GroupKill.signal(group, "hog.ipynb");
        group.alive = 3;

        assertThat(confirm(LONG)).isFalse();
        assertThat(group.log).containsExactly("kill", "confirm");
    }

    @Test
    void anInterruptIsForTheCallerToJudge() {
        group.lingers = true;
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> confirm(LONG)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
}

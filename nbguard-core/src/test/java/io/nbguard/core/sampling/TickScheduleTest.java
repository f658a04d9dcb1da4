package io.nbguard.core.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TickScheduleTest {

    private static final long MS = 1_000_000L;
    private static final long INTERVAL = 1_000 * MS;

    private final TickSchedule schedule = new TickSchedule(INTERVAL);

    @Test
    void everythingIsDueAtFirstAndAgainAfterAnInterval() {
        assertThat(schedule.isFullDue(0)).isTrue();
        assertThat(schedule.areTreesDue(0)).isTrue();

        schedule.fullRead(0);

        assertThat(schedule.isFullDue(INTERVAL - 1)).isFalse();
        assertThat(schedule.isFullDue(INTERVAL)).isTrue();
    }

    @Test
    void treesAreReadASixteenthAsOftenAsTheNodeWhereNoBoundHangsOnThem() {
        schedule.treesRead(0);
        schedule.boundsWait(INTERVAL);

        assertThat(schedule.planNext(5 * MS, 0)).isEqualTo(5 * MS);

        assertThat(schedule.areTreesDue(80 * MS - 1)).isFalse();
        assertThat(schedule.areTreesDue(80 * MS)).isTrue();
    }

    @Test
    void nearTheLimitTreesAreReadEachTwentyMillisecondsAtMost() {
        schedule.treesRead(0);
        schedule.boundsWait(INTERVAL);

        schedule.planNext(MS, 0);

        assertThat(schedule.areTreesDue(20 * MS - 1)).isFalse();
        assertThat(schedule.areTreesDue(20 * MS)).isTrue();
    }

    @Test
    void aBoundThatHangsOnTheTreesShortensThePause() {
        schedule.treesRead(0);
        schedule.boundsWait(30 * MS);

        assertThat(schedule.planNext(INTERVAL, 0)).isEqualTo(30 * MS);
    }

    @Test
    void thereIsNoPauseInTheFinalApproachAndElseAMillisecondAtLeast() {
        schedule.treesRead(0);
        schedule.boundsWait(30 * MS);

        assertThat(schedule.planNext(0, 10 * MS)).isZero();
        assertThat(schedule.planNext(INTERVAL, 40 * MS)).isEqualTo(MS);
    }

    @Test
    void aLoopThatWasWokenReadsTheTreesNext() {
        schedule.treesRead(0);
        schedule.boundsWait(INTERVAL);
        schedule.planNext(INTERVAL, 0);
        assertThat(schedule.areTreesDue(MS)).isFalse();

        schedule.readTreesNext();

        assertThat(schedule.areTreesDue(MS)).isTrue();
    }
}

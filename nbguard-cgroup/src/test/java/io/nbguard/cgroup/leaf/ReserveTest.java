package io.nbguard.cgroup.leaf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReserveTest {

    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    private final Reserve reckoned = new Reserve(-1);

    @Test
    void whatTheOthersHoldAndAMarginIsLeftToThem() {
        // 16 GiB: a 64th is 256 MiB. 2 GiB are held, of which the notebooks 1.5 GiB.
        assertThat(reckoned.room(16 * GIB, 2 * GIB, 3 * GIB / 2)).isEqualTo(16 * GIB - GIB / 2 - 256 * MIB);
    }

    @Test
    void theMarginOfASmallNodeIsNotLessThan32Mebibytes() {
        assertThat(reckoned.room(GIB, 100 * MIB, 0)).isEqualTo(GIB - 100 * MIB - 32 * MIB);
    }

    @Test
    void theNotebooksOwnShareIsNeverCountedAgainstThem() {
        // Read a moment apart, the part may look larger than the whole.
        assertThat(reckoned.room(16 * GIB, GIB, 2 * GIB)).isEqualTo(16 * GIB - 256 * MIB);
    }

    @Test
    void aReserveThatWasAskedForIsAllThatIsLeft() {
        assertThat(new Reserve(512 * MIB).room(16 * GIB, 5 * GIB, GIB)).isEqualTo(16 * GIB - 512 * MIB);
        assertThat(new Reserve(0).room(16 * GIB, 5 * GIB, GIB)).isEqualTo(16 * GIB);
    }

    @Test
    void theBoundIsNeverBelowWhatTheNotebooksHold() {
        assertThat(Reserve.bound(GIB, GIB / 2)).isEqualTo(GIB);
        assertThat(Reserve.bound(GIB, 2 * GIB)).isEqualTo(2 * GIB + 4 * MIB);
        assertThat(Reserve.bound(-GIB, 0)).isEqualTo(4 * MIB);
    }

    @Test
    void theWatchdogsThresholdIsReachedBeforeTheKernels() {
        for (long limit : new long[] {512 * MIB, GIB, 4 * GIB, 16 * GIB, 512 * GIB}) {
            long others = limit / 8;
            long whenFull = reckoned.room(limit, others, 0) + others;
            assertThat(whenFull).as("of %d", limit).isGreaterThanOrEqualTo(limit / 16 * 15);
        }
    }

    @Test
    void smallChangesAreNotWorthAWrite() {
        assertThat(Reserve.isWorthSetting(GIB, GIB, 16 * GIB)).isFalse();
        assertThat(Reserve.isWorthSetting(GIB + 63 * MIB, GIB, 16 * GIB)).isFalse();
        assertThat(Reserve.isWorthSetting(GIB + 64 * MIB, GIB, 16 * GIB)).isTrue();
        assertThat(Reserve.isWorthSetting(GIB - 64 * MIB, GIB, 16 * GIB)).isTrue();
    }
}

package io.nbguard.core.thread;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ParkingTest {

    private static final long AN_HOUR = Duration.ofHours(1).toNanos();

    @Test
    @Timeout(60)
    void aPendingInterruptEndsOneParkAndNoLaterOne() {
        Thread.currentThread().interrupt();
        Parking.park(this, AN_HOUR);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();

        Thread.currentThread().interrupt();
        Parking.park(this);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    @Timeout(60)
    void anUnparkThatCameBeforeEndsThePark() {
        LockSupport.unpark(Thread.currentThread());
        Parking.park(this, AN_HOUR);

        LockSupport.unpark(Thread.currentThread());
        Parking.park(this);
    }
}

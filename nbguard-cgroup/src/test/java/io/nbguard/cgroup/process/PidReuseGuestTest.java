package io.nbguard.cgroup.process;

import io.nbguard.guest.GuestTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The same on a kernel whose {@code pid_max} may be the machine's: this machine is the test's own, and keeps the small one.
 */
@GuestTest
class PidReuseGuestTest {

    @Test
    @Timeout(300)
    void noOtherProcessIsHarmedHoweverOftenIdsAreReused() throws Exception {
        PidReuseTest.assertNoOtherProcessIsHarmed("forkers");
    }
}

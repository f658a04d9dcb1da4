package io.nbguard.cgroup.process;

import io.nbguard.guest.GuestTest;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The same on a kernel whose {@code pid_max} is the machine's: this machine is the test's own. */
@GuestTest
class PidReuseGuestTest {

    private static final Path LIMIT = Path.of("/proc/sys/kernel/pid_max");

    @Test
    @Timeout(300)
    void nobodyElseIsHarmedHoweverOftenIdsAreReused() throws Exception {
        String before = Files.readString(LIMIT).strip();
        try {
            PidReuseTest.assertNobodyIsHarmed("strangers");
        } finally {
            Files.writeString(LIMIT, before);
        }
    }
}

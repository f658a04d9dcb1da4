package io.nbguard.cgroup.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The nice value of the thread that asks for it. */
class NicenessTest {

    private static int niceOfThisThread() throws Exception {
        String stat = Files.readString(Path.of("/proc/thread-self/stat"));
        return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16]);
    }

    /** What a thread of its own saw: its nice value before and after, and what it was told. */
    private record Seen(int before, int after, String told) {}

    private static Seen hasten(Tracked tracked) throws Exception {
        CompletableFuture<Seen> seen = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                int before = niceOfThisThread();
                String told = tracked.session.hasten();
                seen.complete(new Seen(before, niceOfThisThread(), told));
            } catch (Throwable e) {
                seen.completeExceptionally(e);
            }
        });
        thread.start();
        thread.join();
        return seen.get();
    }

    @Test
    void theCallingThreadAloneIsRaisedAsFarAsItMayBeAndIsToldHowFar() throws Exception {
        try (Tracked tracked = new Tracked(Map.of())) {
            int before = niceOfThisThread();

            Seen seen = hasten(tracked);

            assertThat(niceOfThisThread()).isEqualTo(before);
            assertThat(seen.told()).contains("nice " + seen.after());
            if (seen.after() < seen.before()) {
                assertThat(seen.after()).isGreaterThanOrEqualTo(-10);
            } else {
                assertThat(seen.told()).startsWith("no priority").contains("CAP_SYS_NICE", "--ulimit nice=30");
            }
        }
    }

    @Test
    void withoutSystemCallsTheReasonIsTold() throws Exception {
        try (Tracked tracked = new Tracked(Map.of("cgroup.jna", "off"))) {
            Seen seen = hasten(tracked);

            assertThat(seen.after()).isEqualTo(seen.before());
            assertThat(seen.told()).isEqualTo("no priority: cgroup.jna = off");
        }
    }
}

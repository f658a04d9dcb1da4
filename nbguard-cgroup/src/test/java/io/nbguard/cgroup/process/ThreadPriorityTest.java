package io.nbguard.cgroup.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.GuardException;
import io.nbguard.spi.PluginConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The priority of the thread that asks for it. */
class ThreadPriorityTest {

    private static final int SCHED_OTHER = 0;
    private static final int SCHED_RR = 2;

    /** What a thread of its own saw of itself, by {@code /proc/thread-self/stat}, and what it was told. */
    private record Seen(int niceBefore, int nice, int policy, int childPolicy, String told) {}

    private static int field(int number) throws Exception {
        String stat = Files.readString(Path.of("/proc/thread-self/stat"));
        return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[number - 3]);
    }

    private static int nice() throws Exception {
        return field(19);
    }

    private static int policy() throws Exception {
        return field(41);
    }

    private static Seen hasten(Tracked tracked) throws Exception {
        return inThread(() -> {
            int before = nice();
            String told = tracked.session.hasten();
            return new Seen(before, nice(), policy(), inThread(ThreadPriorityTest::policy), told);
        });
    }

    private static <T> T inThread(Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        new Thread(task).start();
        return task.get();
    }

    static boolean mayBeRealTime() throws IOException {
        long capabilities = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("CapEff:"))
                .mapToLong(line -> Long.parseLong(line.substring(7).strip(), 16))
                .sum();
        return (capabilities & 1 << 23) != 0;
    }

    @Test
    void theCallingThreadAloneBecomesARealTimeThreadWhereThatIsPermitted() throws Exception {
        try (Tracked tracked = new Tracked(PluginConfig.EMPTY)) {
            Seen seen = hasten(tracked);

            assertThat(policy()).isEqualTo(SCHED_OTHER);
            assertThat(seen.childPolicy()).isEqualTo(SCHED_OTHER);
            if (mayBeRealTime()) {
                assertThat(seen.policy()).isEqualTo(SCHED_RR);
                assertThat(seen.told()).isEqualTo("real-time priority (SCHED_RR 2)");
            } else {
                assertThat(seen.policy()).isEqualTo(SCHED_OTHER);
                assertThat(seen.told()).contains("nice");
            }
        }
    }

    @Test
    void theCallingThreadAloneIsRaisedAsFarAsItMayBeAndIsToldHowFar() throws Exception {
        try (Tracked tracked = new Tracked(new PluginConfig(Map.of("cgroup.priority", "nice")))) {
            int before = nice();

            Seen seen = hasten(tracked);

            assertThat(nice()).isEqualTo(before);
            assertThat(seen.policy()).isEqualTo(SCHED_OTHER);
            assertThat(seen.told()).contains("nice " + seen.nice());
            if (seen.nice() < seen.niceBefore()) {
                assertThat(seen.nice()).isGreaterThanOrEqualTo(-10);
            } else {
                assertThat(seen.told()).startsWith("no priority").contains("CAP_SYS_NICE", "--ulimit nice=30");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"cgroup.jna,off", "cgroup.priority,none"})
    void withoutSystemCallsOrWithoutTheWishItIsLeftAsItIsAndTheReasonIsTold(String setting, String value)
            throws Exception {
        try (Tracked tracked = new Tracked(new PluginConfig(Map.of(setting, value)))) {
            Seen seen = hasten(tracked);

            assertThat(seen.nice()).isEqualTo(seen.niceBefore());
            assertThat(seen.policy()).isEqualTo(SCHED_OTHER);
            assertThat(seen.told()).isEqualTo("no priority: " + setting + " = " + value);
        }
    }

    @Test
    void aWishThatCannotBeMeantIsRefused() {
        assertThatThrownBy(() -> new ProcTracker().open(new PluginConfig(Map.of("cgroup.priority", "high"))))
                .isInstanceOf(GuardException.class)
                .hasMessage("cgroup.priority: 'high' is not one of its values: expected real-time, nice or none");
    }
}

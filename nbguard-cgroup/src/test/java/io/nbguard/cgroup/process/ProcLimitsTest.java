package io.nbguard.cgroup.process;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardException;
import io.nbguard.api.resource.Allocation;
import io.nbguard.api.resource.CpuSet;
import io.nbguard.api.resource.DockerKeys;
import io.nbguard.api.resource.Enforcement;
import io.nbguard.api.resource.Resource;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.process.ProcessGroup;
import io.nbguard.spi.process.SampleDepth;
import io.nbguard.spi.process.TrackerSession;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ProcLimitsTest {

    private static Allocation limits(Map<String, Object> keys) {
        return Allocation.of(DockerKeys.parse(keys));
    }

    private static void assertUnsupported(ThrowingCallable call, String said) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GuardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED))
                .hasMessageContaining(said);
    }

    private static String status(long pid, String key) throws IOException {
        return Files.readString(Path.of("/proc/" + pid + "/status"))
                .lines()
                .filter(line -> line.startsWith(key + ":"))
                .map(line -> line.substring(key.length() + 1).strip())
                .findFirst()
                .orElseThrow();
    }

    private static long nice(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16]);
    }

    @Test
    void whatIsNotLimitedIsRefused() throws Exception {
        try (TrackerSession session = new ProcTracker().open(PluginConfig.EMPTY)) {
            assertThat(session.enforcement())
                    .containsOnlyKeys(Resource.MEMORY, Resource.CPU_SHARES, Resource.CPUSET)
                    .allSatisfy((resource, how) -> assertThat(how.strength()).isEqualTo(Enforcement.Strength.SOFT));

            assertUnsupported(
                    () -> session.create(ExecutionId.random(), limits(Map.of("cpus", 2))),
                    "a tracker of process trees cannot limit cpu: it can limit memory, cpu-shares, cpuset");
            try (ProcessGroup group = session.create(ExecutionId.random(), limits(Map.of("mem_limit", "1g")))) {
                group.update(limits(Map.of("mem_limit", "2g")));
                assertUnsupported(() -> group.update(limits(Map.of("pids_limit", 9))), "cannot limit pids");
            }
        }
    }

    @Test
    void withoutSystemCallsOnlyTheWatchdogLimits() throws Exception {
        try (TrackerSession session = new ProcTracker().open(new PluginConfig(Map.of("cgroup.jna", "off")))) {
            assertThat(session.enforcement()).containsOnlyKeys(Resource.MEMORY);
        }
    }

    @Test
    void cpusThatThisProcessMayNotUseAreRefusedWithBothValues() throws Exception {
        CpuSet own = CpuSet.parse(status(ProcessHandle.current().pid(), "Cpus_allowed_list"));
        String beyond = "0," + (own.highest() + 7);
        try (TrackerSession session = new ProcTracker().open(PluginConfig.EMPTY)) {
            assertThatThrownBy(() -> session.check(limits(Map.of("cpuset_cpus", beyond))))
                    .isInstanceOfSatisfying(
                            GuardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                    .hasMessageContainingAll("the CPUs " + beyond, "may use " + own);
        }
    }

    @Test
    void whatIsStartedRunsOnItsCpusWithItsWeightAndBothAreChangedLive() throws Exception {
        CpuSet own = CpuSet.parse(status(ProcessHandle.current().pid(), "Cpus_allowed_list"));
        String last = Integer.toString(own.highest());
        long ownNice = nice(ProcessHandle.current().pid());
        try (TrackerSession session = new ProcTracker().open(PluginConfig.EMPTY);
                ProcessGroup group =
                        session.create(ExecutionId.random(), limits(Map.of("cpuset_cpus", last, "cpu_shares", 512)))) {
            // The line that it reads comes after its limits are set.
            Process shell = group.start(new ProcessBuilder("sh", "-c", "read line; sleep 600 & echo $!; exec cat"));
            try {
                shell.getOutputStream().write('\n');
                shell.getOutputStream().flush();
                BufferedReader out = new BufferedReader(new InputStreamReader(shell.getInputStream(), US_ASCII));
                long child = Long.parseLong(out.readLine());
                for (long pid : new long[] {shell.pid(), child}) {
                    assertThat(status(pid, "Cpus_allowed_list")).isEqualTo(last);
                    assertThat(nice(pid)).isEqualTo(Math.min(19, ownNice + 3));
                }

                session.sample(SampleDepth.FULL);
                group.update(Allocation.of(DockerKeys.parse(Map.of("cpu_shares", 64))));

                for (long pid : new long[] {shell.pid(), child}) {
                    assertThat(status(pid, "Cpus_allowed_list")).isEqualTo(own.toString());
                    assertThat(nice(pid)).isEqualTo(Math.min(19, ownNice + 12));
                }
            } finally {
                group.killAndConfirm(Duration.ZERO, Duration.ofSeconds(30));
            }
        }
    }
}

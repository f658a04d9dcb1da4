package io.nbguard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nbguard.cli.client.ServeAddress;
import io.nbguard.core.NotebookGuard;
import io.nbguard.server.GuardServer;
import io.nbguard.testkit.FolderEngine;
import io.nbguard.testkit.FolderExecutor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code nbguard doctor} on this machine. */
class DoctorTest {

    @TempDir
    Path folder;

    @Test
    @SuppressWarnings("unchecked")
    void whatIsNeededIsFoundHere() throws Exception {
        NbguardProcess.Ended doctor = NbguardProcess.run(folder, "doctor", "--json");

        assertThat(doctor.exitCode()).as(doctor.out()).isZero();
        assertThat(doctor.out()).endsWith("}\n").containsOnlyOnce("\n");
        Map<String, Object> found = JsonMap.parse(doctor.out());
        assertThat(found).containsEntry("ok", true).containsKey("version");
        assertThat((List<Map<String, Object>>) found.get("checks"))
                .extracting(check -> check.get("title"))
                .contains("Java", "Python", "papermill", "cgroup tier", "memory limit", "runtime folder", "outputs");
        assertThat((List<Map<String, Object>>) found.get("checks"))
                .filteredOn(check -> check.get("level").equals("PROBLEM"))
                .isEmpty();
        assertThat((List<Map<String, Object>>) found.get("plugins"))
                .extracting(plugin -> plugin.get("name"))
                .contains(
                        "nbguard-papermill",
                        "nbguard-cgroup2",
                        "nbguard-cgroup1",
                        "nbguard-host",
                        "nbguard-procfs",
                        "nbguard-heaviest");
    }

    @Test
    void whatIsMissingIsNamedWithItsCureAndTheExitCodeSaysSo() throws Exception {
        NbguardProcess.Ended doctor = NbguardProcess.run(folder, "doctor", "--python", "/nowhere/python");

        assertThat(doctor.exitCode()).isEqualTo(1);
        assertThat(doctor.out())
                .contains("✗ Python", "/nowhere/python", "→ ", "Notebooks cannot be run here yet: one problem");
    }

    @Test
    void aProcThatHidesProcessesFromThisUserIsToldWithItsCure() throws Exception {
        assumeTrue(
                new ProcessBuilder("unshare", "--mount", "mount", "-t", "proc", "-o", "hidepid=2", "proc", "/proc")
                                .start()
                                .waitFor()
                        == 0,
                "this user may mount no /proc");
        // A procfs of its own, for a remount changes that of the machine. Root without what exempts it, as any user is.
        NbguardProcess.Ended doctor = NbguardProcess.runIn(
                command -> {
                    List<String> hidden = new ArrayList<>(List.of(
                            "unshare",
                            "--mount",
                            "sh",
                            "-c",
                            "mount -t proc -o hidepid=2 proc /proc && exec setpriv --regid=65534 --clear-groups"
                                    + " --bounding-set=-sys_ptrace \"$@\"",
                            "hidden"));
                    hidden.addAll(command);
                    return hidden;
                },
                folder,
                "doctor");

        assertThat(doctor.exitCode()).as(doctor.err()).isEqualTo(1);
        assertThat(doctor.out().replaceAll("\\s+", " "))
                .contains("✗ watching", "/proc is mounted with hidepid=", "gid=GROUP", "CAP_SYS_PTRACE");
    }

    @Test
    @Tag("slow")
    @Timeout(180)
    void aServeWhoseSamplingLoopStandsStillIsToldWithItsCure() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        Path config = Files.createDirectories(folder.resolve("config/nbguard"));
        Path tokenFile = config.resolve("token");
        Map<String, String> environment =
                Map.of("XDG_CONFIG_HOME", folder.resolve("config").toString());
        try (NotebookGuard guard = NotebookGuard.builder()
                        .notebooks(Files.createDirectories(folder.resolve("notebooks")))
                        .outputs(folder.resolve("outputs"))
                        .storage(s -> s.runtimeDirectory(folder.resolve("run")))
                        .threadFactory(work -> new Thread(() -> {
                            if (work.getClass().getName().contains("SamplerThread")) {
                                awaitQuietly(released);
                            }
                            work.run();
                        }))
                        .build();
                GuardServer server =
                        GuardServer.builder().port(0).tokenFile(tokenFile).start(guard)) {
            new ServeAddress(
                            "http://127.0.0.1:" + server.port(),
                            tokenFile,
                            ProcessHandle.current().pid())
                    .write(config);
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> guard.snapshot().loop().stalled());

            NbguardProcess.Ended standing = doctor(environment);
            assertThat(standing.out())
                    .contains("! serve", "is not well: the sampling loop stands still", "--watchdog sidecar");

            released.countDown();
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> !guard.snapshot().loop().stalled());
            assertThat(doctor(environment).out()).contains("✓ serve", "acts").doesNotContain("is not well");
        } finally {
            released.countDown();
        }
    }

    @Test
    @Tag("slow")
    @Timeout(180)
    void anEngineOfAServeThatDoesNotAnswerIsToldWithItsReason() throws Exception {
        Path config = Files.createDirectories(folder.resolve("config/nbguard"));
        Path tokenFile = config.resolve("token");
        FolderEngine engine = new FolderEngine(folder.resolve("engine"));
        Map<String, String> environment =
                Map.of("XDG_CONFIG_HOME", folder.resolve("config").toString());
        try (NotebookGuard guard = NotebookGuard.builder()
                        .notebooks(Files.createDirectories(folder.resolve("notebooks")))
                        .outputs(folder.resolve("outputs"))
                        .storage(s -> s.runtimeDirectory(folder.resolve("run")))
                        .executor("nbguard-papermill")
                        .executor(new FolderExecutor(engine))
                        .build();
                GuardServer server =
                        GuardServer.builder().port(0).tokenFile(tokenFile).start(guard)) {
            new ServeAddress(
                            "http://127.0.0.1:" + server.port(),
                            tokenFile,
                            ProcessHandle.current().pid())
                    .write(config);
            engine.isDown();

            NbguardProcess.Ended told = doctor(environment);
            assertThat(told.exitCode()).as("notebooks can be run here").isZero();
            assertThat(told.out())
                    .contains("✓ executor nbguard-papermill: local")
                    .contains("! executor folder-engine of the serve at")
                    .contains("its engine does not answer since")
                    .contains("the engine is down");
            engine.answers();
            assertThat(doctor(environment).out()).doesNotContain("folder-engine");
        }
    }

    /** Its output on lines as long as they are. */
    private NbguardProcess.Ended doctor(Map<String, String> environment) throws Exception {
        try (NbguardProcess process = NbguardProcess.start(folder, environment, "doctor")) {
            NbguardProcess.Ended ended = process.ended();
            return new NbguardProcess.Ended(ended.exitCode(), ended.out().replaceAll("\\s+", " "), ended.err());
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

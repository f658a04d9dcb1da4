package io.nbguard.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.GuardException;
import io.nbguard.api.watchdog.WatchdogMode;
import io.nbguard.core.fixture.FakeProbe;
import io.nbguard.core.fixture.FakeTracker;
import io.nbguard.core.fixture.ScriptedExecutor;
import io.nbguard.core.policy.YoungestPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings that a sidecar cannot be given. */
class SidecarSettingsTest {

    @TempDir
    private Path root;

    private GuardBuilder builder() {
        return NotebookGuard.builder()
                .notebooks(root)
                .executor(new ScriptedExecutor())
                .watchdog(w -> w.mode(WatchdogMode.SIDECAR));
    }

    @Test
    void killPoliciesMustBeNamed() {
        assertThatThrownBy(() -> builder()
                        .watchdog(w -> w.killPolicies(new YoungestPolicy()))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be sent to the watchdog's sidecar")
                .hasMessageContaining("killPolicy(...)");
    }

    @Test
    void probesAndTrackersMustBeFoundByTheirNames() {
        assertThatThrownBy(
                        () -> builder().plugins(p -> p.probes(new FakeProbe())).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("probes(nbguard-fake-probe) cannot be sent to the watchdog's sidecar");
        assertThatThrownBy(() ->
                        builder().plugins(p -> p.tracker(new FakeTracker())).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tracker(nbguard-fake-tracker) cannot be sent to the watchdog's sidecar")
                .hasMessageContaining("the watchdog mode IN_PROCESS");
    }

    @Test
    void aSidecarThatCannotStartLeavesNoThreadBehind() throws Exception {
        Path broken = root.resolve("broken/io/nbguard/core/sidecar");
        Files.writeString(Files.createDirectories(broken).resolve("SidecarMain.class"), "not a class");
        List<Thread> threads = new CopyOnWriteArrayList<>();

        assertThatThrownBy(() -> builder()
                        .plugins(p -> p.configure(
                                "sidecar.classpath", root.resolve("broken").toString()))
                        .threadFactory(work -> {
                            Thread thread = new Thread(work);
                            threads.add(thread);
                            return thread;
                        })
                        .build())
                .isInstanceOf(GuardException.class)
                .hasMessageContaining("the watchdog's sidecar cannot work here");

        assertThat(threads).isNotEmpty();
        for (Thread thread : threads) {
            thread.join(10_000);
            assertThat(thread.isAlive()).as(thread.getName()).isFalse();
        }
    }
}

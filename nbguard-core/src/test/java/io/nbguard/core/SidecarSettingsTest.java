package io.nbguard.core;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.WatchdogMode;
import io.nbguard.core.fixture.FakeProbe;
import io.nbguard.core.fixture.FakeTracker;
import io.nbguard.core.fixture.ScriptedExecutor;
import io.nbguard.core.policy.YoungestPolicy;
import java.nio.file.Path;
import java.util.List;
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
                .watchdog(WatchdogMode.SIDECAR);
    }

    @Test
    void killPoliciesMustBeNamed() {
        assertThatThrownBy(() -> builder().killPolicies(new YoungestPolicy()).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be sent to the watchdog's sidecar")
                .hasMessageContaining("killPolicy(...)");
    }

    @Test
    void whatIsOpenAlreadyCannotBeOpenedThere() {
        assertThatThrownBy(() -> builder().probes(List.of(new FakeProbe())).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("open probes and trackers");
        assertThatThrownBy(() -> builder().tracker(new FakeTracker()).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("watchdog(IN_PROCESS)");
    }
}

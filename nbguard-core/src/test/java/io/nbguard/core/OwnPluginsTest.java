package io.nbguard.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Reading;
import io.nbguard.core.fixture.Eventually;
import io.nbguard.core.fixture.FakeProbe;
import io.nbguard.core.fixture.FakeTracker;
import io.nbguard.core.fixture.ScriptedExecutor;
import java.nio.file.Path;
import org.example.plugins.OneGpu;
import org.example.plugins.OwnProbe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Probes and trackers that a host hands to the builder. */
@Timeout(60)
class OwnPluginsTest {

    @TempDir
    private Path notebooks;

    private GuardBuilder builder() {
        return NotebookGuard.builder()
                .notebooks(notebooks)
                .lifecycle(l -> l.announce(false))
                .executor(new ScriptedExecutor())
                .plugins(p -> p.tracker(new FakeTracker()));
    }

    @Test
    void aProbeOfTheHostIsReadInsteadOfThoseThatAreFound() {
        OwnProbe probe = new OwnProbe("own", true);
        try (NotebookGuard guard = builder()
                .plugins(p -> p.probes(probe).configure("own.size", "2g"))
                .build()) {
            assertThat(guard.description().probes()).containsExactly("a node of the host's own");
            assertThat(probe.openedBy).isSameAs(Thread.currentThread());
            Eventually.until(
                    "the limit is read",
                    () -> guard.snapshot().node().memoryLimit() instanceof Reading.Value<ByteSize> limit
                            && limit.get().equals(ByteSize.ofGibibytes(2)));
            assertThat(probe.closed).isFalse();
        }
        assertThat(probe.closed).isTrue();
    }

    @Test
    void aProbeThatWasGivenAndCannotWorkFailsTheBuildThoughAnotherCan() {
        OwnProbe sound = new OwnProbe("sound", true);

        assertThatThrownBy(() -> builder()
                        .plugins(p -> p.probes(sound, new OwnProbe("gone", false)))
                        .build())
                .isInstanceOfSatisfying(
                        GuardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ENVIRONMENT))
                .hasMessageContaining("no resource probe is usable")
                .hasMessageContaining("gone: there is no such node (start it)");
        assertThat(sound.closed).isTrue();
    }

    @Test
    void aForeignProbeCannotPassForOneOfOurs() {
        assertThatThrownBy(() -> builder()
                        .plugins(p -> p.probes(new OwnProbe("nbguard-own", true)))
                        .build())
                .isInstanceOfSatisfying(
                        GuardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PLUGIN))
                .hasMessageContaining("'nbguard-own'")
                .hasMessageContaining("reserved");
    }

    @Test
    void aTrackerOfTheHostIsClosedWithTheGuard() {
        FakeTracker tracker = new FakeTracker();
        try (NotebookGuard guard = builder()
                .plugins(p -> p.probes(new FakeProbe()).tracker(tracker))
                .build()) {
            assertThat(guard.description().tracker()).isEqualTo("fake processes");
        }
        assertThat(tracker.closed).isTrue();
    }

    @Test
    void deviceProbesOfTheHostAreAskedInsteadOfThoseThatAreFound() {
        try (NotebookGuard guard = builder()
                .plugins(p -> p.probes(new FakeProbe()).deviceProbes(new OneGpu()))
                .build()) {
            assertThat(guard.devices())
                    .isInstanceOfSatisfying(Reading.Value.class, devices -> assertThat(devices.toString())
                            .contains(OneGpu.GPU.toString()));
        }
    }
}

package io.nbguard.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.core.fixture.FakeProbe;
import io.nbguard.core.fixture.FakeTracker;
import io.nbguard.core.fixture.ScriptedExecutor;
import io.nbguard.spi.executor.Readiness;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GuardBuilderTest {

    @TempDir
    private Path folder;

    static Stream<Arguments> badValues() {
        return Stream.of(
                bad("/not/there", builder -> builder.notebooks(Path.of("/not/there"))),
                bad("/proc/self/stat", builder -> builder.outputs(Path.of("/proc/self/stat"))),
                bad("{nmae}", builder -> builder.storage(s -> s.outputTemplate("{nmae}.ipynb"))),
                bad("1.5", builder -> builder.watchdog(w -> w.killAt(1.5))),
                bad("0.0", builder -> builder.watchdog(w -> w.killAt(0))),
                bad("NaN", builder -> builder.watchdog(w -> w.warnAt(Double.NaN))),
                bad("-0.1", builder -> builder.watchdog(w -> w.stopAdmittingAt(-0.1))),
                bad("more than 0 bytes", builder -> builder.watchdog(w -> w.killAt(ByteSize.ZERO))),
                bad("node limit", builder -> builder.watchdog(w -> w.nodeLimit(ByteSize.ZERO))),
                bad("memory budget", builder -> builder.memoryBudget(ByteSize.ZERO)),
                bad("not 0", builder -> builder.maxConcurrent(0)),
                bad("not -1", builder -> builder.history(h -> h.rememberEnded(-1))),
                bad("maxQueued", builder -> builder.admission(a -> a.maxQueued(-1))),
                bad("PT0.001S", builder -> builder.watchdog(w -> w.interval(Duration.ofMillis(1)))),
                bad("PT-1S", builder -> builder.watchdog(w -> w.coolDown(Duration.ofSeconds(-1)))),
                bad("PT-1S", builder -> builder.lifecycle(l -> l.stopGrace(Duration.ofSeconds(-1)))),
                bad("/not/there", builder -> builder.storage(s -> s.temporaryFiles(Path.of("/not/there")))),
                bad("/not/there", builder -> builder.plugins(p -> p.configureFrom(Path.of("/not/there")))),
                bad("must not be blank", builder -> builder.plugins(p -> p.configure(" ", "x"))),
                bad("notebooks(folder) must be set", GuardBuilder::build));
    }

    private static Arguments bad(String named, Consumer<GuardBuilder> call) {
        return Arguments.of(named, call);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badValues")
    void aBadValueIsRefusedAtOnceAndNamed(String named, Consumer<GuardBuilder> call) {
        assertThatThrownBy(() -> call.accept(NotebookGuard.builder()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(named);
    }

    @Test
    void theDefaultsAreThoseOfTheSpec() {
        try (NotebookGuard guard = builder().build()) {
            GuardDescription description = guard.description();

            assertThat(description.killAt()).isEqualTo("93.75 %");
            assertThat(description.warnAt()).isEqualTo("80 %");
            assertThat(description.stopAdmittingAt()).isEqualTo("85 %");
            assertThat(description.killPolicies()).containsExactly("nbguard-heaviest");
            assertThat(description.maxConcurrent()).isEqualTo(10);
            assertThat(description.interval()).isEqualTo(Duration.ofSeconds(1));
            assertThat(description.lines()).anyMatch(line -> line.contains("fake node"));
        }
    }

    @Test
    void rungsThatWereNotSetStayBelowAnEarlierKill() {
        try (NotebookGuard guard = builder().watchdog(w -> w.killAt(0.46875)).build()) {
            assertThat(guard.description().warnAt()).isEqualTo("40 %");
            assertThat(guard.description().stopAdmittingAt()).isEqualTo("42.50 %");
        }
    }

    @Test
    void aThresholdInBytesIsShownInBytes() {
        try (NotebookGuard guard =
                builder().watchdog(w -> w.killAt(ByteSize.parse("15000m"))).build()) {
            assertThat(guard.description().killAt()).isEqualTo("14.6 GiB");
        }
    }

    @Test
    void policiesAreChainedAndMayBeNamedShortly() {
        try (NotebookGuard guard = builder()
                .watchdog(w -> w.killPolicy("lowest-priority", "nbguard-heaviest"))
                .build()) {
            assertThat(guard.description().killPolicies())
                    .containsExactly("nbguard-lowest-priority", "nbguard-heaviest");
        }
    }

    @Test
    void aPolicyThatIsNotThereFailsTheBuild() {
        assertThatThrownBy(
                        () -> builder().watchdog(w -> w.killPolicy("kindest")).build())
                .isInstanceOfSatisfying(
                        GuardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND))
                .hasMessageContaining("'kindest'");
    }

    @Test
    void whereNothingIsUsableOneMessageListsEveryCandidateWithReasonAndCure() {
        ScriptedExecutor executor = new ScriptedExecutor();
        executor.readiness = new Readiness(List.of(
                new Readiness.Check("java", Readiness.Level.OK, "17", ""),
                new Readiness.Check(
                        "python", Readiness.Level.PROBLEM, "no python3 on the PATH", "install Python 3.9 or later")));
        GuardBuilder nothing = NotebookGuard.builder()
                .notebooks(folder)
                .executor(executor)
                .plugins(p -> p.classLoader(ClassLoader.getPlatformClassLoader()));

        assertThatThrownBy(nothing::build)
                .isInstanceOfSatisfying(
                        GuardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ENVIRONMENT))
                .hasMessageContaining("scripted: python: no python3 on the PATH (install Python 3.9 or later)")
                .hasMessageContaining("no resource probe is usable")
                .hasMessageContaining("no process tracker is usable")
                .hasMessageContaining("nbguard-cgroup")
                .hasMessageNotContaining("java: 17");
    }

    @Test
    void aRefusedBuildClosesWhatItOpened() {
        ScriptedExecutor executor = new ScriptedExecutor();
        executor.readiness = new Readiness(List.of(new Readiness.Check("x", Readiness.Level.PROBLEM, "no", "")));
        FakeProbe probe = new FakeProbe();
        FakeTracker tracker = new FakeTracker();

        assertThatThrownBy(() -> builder()
                        .executor(executor)
                        .plugins(p -> p.probes(probe).tracker(tracker))
                        .build())
                .isInstanceOf(GuardException.class);

        assertThat(probe.closed).isTrue();
        assertThat(tracker.closed).isTrue();
    }

    @Test
    void anUnusableRuntimeFolderDoesNoHarm() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "x");

        try (NotebookGuard guard = builder()
                .lifecycle(l -> l.announce(true))
                .storage(s -> s.runtimeDirectory(file.resolve("below")))
                .build()) {
            assertThat(guard.description().runtimeDirectory()).isEmpty();
        }
    }

    private GuardBuilder builder() {
        return NotebookGuard.builder()
                .notebooks(folder)
                .lifecycle(l -> l.announce(false))
                .executor(new ScriptedExecutor())
                .plugins(p -> p.probes(new FakeProbe()).tracker(new FakeTracker()));
    }
}

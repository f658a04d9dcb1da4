package io.nbguard.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.core.fixture.FakeProbe;
import io.nbguard.core.fixture.FakeTracker;
import io.nbguard.core.fixture.ScriptedExecutor;
import io.nbguard.core.plugin.SettingSource;
import io.nbguard.spi.Setting;
import io.nbguard.spi.policy.KillPolicy;
import io.nbguard.spi.policy.KillSituation;
import io.nbguard.spi.policy.Victim;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot be meant, or cannot work, is told by {@code build()} and not by the first run. */
@Timeout(60)
class GuardSettingsTest {

    @TempDir
    private Path root;

    private Path notebooks;

    @BeforeEach
    void makeFolder() throws IOException {
        notebooks = Files.createDirectory(root.resolve("notebooks"));
    }

    @Test
    void aMistypedSettingIsRefusedAndTheRightOneNamed() {
        assertRefused(builder().plugins(p -> p.configure("cgroup.teir", "writable")), ErrorCode.INVALID_REQUEST)
                .hasMessageContaining("'cgroup.teir'")
                .hasMessageContaining("did you mean 'cgroup.tier'?");
        assertRefused(builder().plugins(p -> p.configure("sidecar.clas-path", "x")), ErrorCode.INVALID_REQUEST)
                .hasMessageContaining("did you mean 'sidecar.classpath'?");
        assertRefused(builder().plugins(p -> p.configure("something.else", "x")), ErrorCode.INVALID_REQUEST)
                .hasMessageContaining("'something.else'")
                .hasMessageContaining("cgroup.tier, ")
                .hasMessageNotContaining("did you mean");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cgroup.reserve  | 12 parsecs | cgroup.reserve: '12 parsecs' is not a size: expected a number",
                "cgroup.tier     | writeable  | cgroup.tier: 'writeable' is not one of its values: expected auto, read-only or"
                        + " writable; did you mean writable?",
                "cgroup.jna      | maybe      | cgroup.jna: 'maybe' is not one of its values: expected on or off",
                "typed.patience  | a while    | typed.patience: 'a while' is not a duration: expected a number with a unit",
                "typed.patience  | 2h         | typed.patience: '2h' is not accepted: expected 1s to 1h",
            })
    void aMistypedValueIsRefusedThoughNoPluginInUseReadsIt(String key, String value, String message) {
        assertRefused(
                        builder()
                                .watchdog(w -> w.killPolicies(new TypedPolicy()))
                                .plugins(p -> p.configure(key, value)),
                        ErrorCode.INVALID_REQUEST)
                .hasMessageStartingWith("configure: " + message);
    }

    @Test
    void aValueMustSuitEveryPluginThatNamesItsKey() {
        try (NotebookGuard guard = builder()
                .watchdog(w -> w.killPolicies(new TypedPolicy()))
                .plugins(p -> p.configure("scripted.pace", "30"))
                .build()) {
            assertThat(guard.description().executors()).containsExactly("scripted");
        }
        assertRefused(
                        builder()
                                .watchdog(w -> w.killPolicies(new TypedPolicy()))
                                .plugins(p -> p.configure("scripted.pace", "slow")),
                        ErrorCode.INVALID_REQUEST)
                .hasMessageContaining("scripted.pace: 'slow' is not a whole number");
    }

    @Test
    void settingsOfAFileAreRead() throws IOException {
        Path file = Files.writeString(root.resolve("nbguard.properties"), "typed.patience=1m\nscripted.pace=slow\n");

        assertRefused(
                        builder()
                                .watchdog(w -> w.killPolicies(new TypedPolicy()))
                                .plugins(p -> p.configureFrom(file)),
                        ErrorCode.INVALID_REQUEST)
                .hasMessageStartingWith("settings file " + file + ": scripted.pace: 'slow' is not a whole number");
    }

    @Test
    void theHostCountsMoreThanFilesTheLastFileMoreThanTheFirstAndTheEnvironmentLeast() throws IOException {
        Path first = Files.writeString(root.resolve("first"), "a.host=first\na.last=first\na.first=first\n");
        Path last = Files.writeString(root.resolve("last"), "a.host=last\na.last=last\n");
        SettingSource environment = SettingSource.of("environment", Map.of("a.first", "e", "a.environment", "e"));

        List<SettingSource> sources = new PluginSettings()
                .configureFrom(first)
                .configure("a.host", "host")
                .configureFrom(last)
                .values()
                .sources(environment);

        Map<String, String> counts = new HashMap<>();
        sources.forEach(source -> source.values().forEach(counts::putIfAbsent));
        assertThat(counts)
                .isEqualTo(Map.of("a.host", "host", "a.last", "last", "a.first", "first", "a.environment", "e"));
    }

    /** A policy of the host's own, with settings. */
    private static final class TypedPolicy implements KillPolicy {

        @Override
        public String name() {
            return "typed";
        }

        @Override
        public List<Setting<?>> settings() {
            return List.of(
                    Setting.duration("typed.patience", "How long it waits.")
                            .between("1s", "1h")
                            .usually("10s"),
                    Setting.integer("scripted.pace", "The same key as an executor's, with another type."));
        }

        @Override
        public Optional<Victim> choose(KillSituation situation) {
            return Optional.empty();
        }
    }

    @Test
    void whatTheGuardTellsItsPluginsIsNoSetting() {
        assertRefused(builder().plugins(p -> p.configure("guard.keep-on-host-death", "on")), ErrorCode.INVALID_REQUEST)
                .hasMessageContaining("'guard.keep-on-host-death'");
    }

    @Test
    void aSettingOfAnExecutorThatWasGivenIsKnown() {
        ScriptedExecutor executor = new ScriptedExecutor();
        try (NotebookGuard guard = builder()
                .executor(executor)
                .plugins(p -> p.configure("scripted.pace", "slow"))
                .build()) {
            assertThat(guard.description().executors()).containsExactly("scripted");
        }
    }

    @Test
    void rungsThatContradictEachOtherAreRefusedWithBothValues() {
        assertRungs(builder().watchdog(w -> w.killAt(0.5).warnAt(0.9)), "warnAt", "90 %", "killAt", "50 %");
        assertRungs(
                builder().watchdog(w -> w.killAt(0.5).stopAdmittingAt(0.6)),
                "stopAdmittingAt",
                "60 %",
                "killAt",
                "50 %");
        assertRungs(
                builder().watchdog(w -> w.warnAt(0.7).stopAdmittingAt(0.6)),
                "warnAt",
                "70 %",
                "stopAdmittingAt",
                "60 %");
    }

    private static void assertRungs(GuardBuilder builder, String... named) {
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(named);
    }

    @Test
    void aRungThatWasNotSetGivesWayToOneThatWas() {
        try (NotebookGuard guard = builder().watchdog(w -> w.warnAt(0.9)).build()) {
            assertThat(guard.description().stopAdmittingAt()).isEqualTo("90 %");
        }
        try (NotebookGuard guard =
                builder().watchdog(w -> w.stopAdmittingAt(0.4)).build()) {
            assertThat(guard.description().warnAt()).isEqualTo("40 %");
        }
    }

    @Test
    void anInterruptedThreadIsToldSo() {
        GuardBuilder builder = builder();
        Thread.currentThread().interrupt();
        try {
            assertRefused(builder, ErrorCode.ILLEGAL_STATE).hasMessageContaining("interrupted");
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void outputsThatCannotBeWrittenAreNamed() {
        assertRefused(builder().outputs(Path.of("/proc")), ErrorCode.ENVIRONMENT)
                .hasMessageContaining("outputs folder /proc");
        assertRefused(builder().storage(s -> s.temporaryFiles(Path.of("/proc"))), ErrorCode.ENVIRONMENT)
                .hasMessageContaining("temporary files /proc");
    }

    @Test
    void notebooksOfAFolderThatIsGoneAreAnErrorAndNotNone() throws Exception {
        try (NotebookGuard guard = builder().outputs(root.resolve("runs")).build()) {
            assertThat(guard.notebooks()).isEmpty();
            Files.delete(notebooks);

            assertThatThrownBy(guard::notebooks)
                    .isInstanceOfSatisfying(
                            GuardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ENVIRONMENT))
                    .hasMessageContaining(notebooks.toString());
        }
    }

    @Test
    void anOutputThatNoFolderCanHoldIsRefusedAtOnce() throws Exception {
        Files.writeString(notebooks.resolve("a.ipynb"), "{}");
        Path file = Files.writeString(root.resolve("file"), "no folder");
        ExecutionRequest request = ExecutionRequest.of("a.ipynb")
                .output(file.resolve("below/out.ipynb"))
                .build();
        try (NotebookGuard guard = builder().outputs(root.resolve("runs")).build()) {
            assertThatThrownBy(() -> guard.run(request))
                    .isInstanceOfSatisfying(
                            GuardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                    .hasMessageContaining("output")
                    .hasMessageContaining(file + " is not a folder");
        }
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(GuardBuilder builder, ErrorCode code) {
        return assertThatThrownBy(builder::build).isInstanceOfSatisfying(GuardException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    private GuardBuilder builder() {
        return NotebookGuard.builder()
                .notebooks(notebooks)
                .lifecycle(l -> l.announce(false))
                .executor(new ScriptedExecutor())
                .plugins(p -> p.probes(new FakeProbe()).tracker(new FakeTracker()));
    }
}

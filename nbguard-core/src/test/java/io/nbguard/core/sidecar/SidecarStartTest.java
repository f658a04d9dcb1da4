package io.nbguard.core.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardClock;
import io.nbguard.api.GuardException;
import io.nbguard.cgroup.process.ProcTracker;
import io.nbguard.core.fixture.RecordedEvents;
import io.nbguard.core.policy.HeaviestPolicy;
import io.nbguard.core.watchdog.WatchdogConfig;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.policy.KillPolicy;
import io.nbguard.spi.policy.KillSituation;
import io.nbguard.spi.policy.Victim;
import io.nbguard.spi.probe.ProbeSession;
import io.nbguard.spi.probe.ResourceProbe;
import io.nbguard.spi.process.ProcessTracker;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real sidecars at their start, and the errors of those that cannot be started. */
@Timeout(120)
class SidecarStartTest {

    @TempDir
    private Path outputs;

    private Sidecar sidecar(List<ResourceProbe> probes, List<KillPolicy> policies) {
        return sidecar(probes, policies, PluginConfig.EMPTY);
    }

    private Sidecar sidecar(List<ResourceProbe> probes, List<KillPolicy> policies, PluginConfig configuration) {
        List<ProcessTracker> trackers = List.of(new ProcTracker());
        return new Sidecar(
                new SidecarNeeds(
                        WatchdogConfig.DEFAULTS,
                        probes,
                        trackers,
                        policies,
                        configuration,
                        Optional.empty(),
                        outputs,
                        true),
                new RecordedEvents(),
                GuardClock.SYSTEM,
                Thread::new);
    }

    private static List<ResourceProbe> realProbes() {
        return ServiceLoader.load(ResourceProbe.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    private static List<ProcessHandle> children() {
        return ProcessHandle.current()
                .children()
                .filter(child -> child.info().commandLine().orElse("").contains(SidecarMain.class.getName()))
                .toList();
    }

    /** What a program gets that asks for ten steps of nice, or this process's own value. */
    private static String niceness(String... program) throws IOException {
        Process process = new ProcessBuilder(program)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    /** The nice value of a JVM's own thread that stops all others, field 19 of its stat line. */
    private static String nicenessOfVmThread(long pid) throws IOException {
        for (String id : Path.of("/proc", Long.toString(pid), "task").toFile().list()) {
            Path thread = Path.of("/proc", Long.toString(pid), "task", id);
            if (Files.readString(thread.resolve("comm")).strip().equals("VM Thread")) {
                String stat = Files.readString(thread.resolve("stat"));
                return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16];
            }
        }
        throw new IOException(pid + " has no VM thread");
    }

    @Test
    void aStartedSidecarIsActiveUntilItIsClosed() {
        Sidecar sidecar = sidecar(realProbes(), List.of(new HeaviestPolicy()));
        try (sidecar) {
            assertThat(sidecar.start(() -> {})).startsWith("pid ").contains("process trees in /proc");
            assertThat(sidecar.isActive()).isTrue();
            assertThat(children()).hasSize(1);
        }
        assertThat(sidecar.isActive()).isFalse();
        assertThat(children()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"real-time", "nice", "none"})
    void allOfItsThreadsHavePriorityWherePermittedUnlessSwitchedOff(String wish) throws Exception {
        try (Sidecar sidecar = sidecar(
                realProbes(), List.of(new HeaviestPolicy()), new PluginConfig(Map.of("cgroup.priority", wish)))) {
            sidecar.start(() -> {});

            assertThat(nicenessOfVmThread(children().get(0).pid()))
                    .isEqualTo(wish.equals("none") ? niceness("nice") : niceness("nice", "-n", "-10", "nice"));
        }
    }

    @Test
    void aPolicyThatCannotBeMadeThereFailsTheStartAndIsNamed() {
        try (Sidecar sidecar = sidecar(realProbes(), List.of(new WithArguments("1")))) {
            assertThatThrownBy(() -> sidecar.start(() -> {}))
                    .isInstanceOfSatisfying(
                            GuardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ENVIRONMENT))
                    .hasMessageContaining(WithArguments.class.getName())
                    .hasMessageContaining("public constructor without arguments")
                    .hasMessageContaining("sidecar.classpath");
        }
        assertThat(children()).isEmpty();
    }

    @Test
    void aProbeThatFailsThereIsPassedOverAsInTheHost() throws Exception {
        List<ResourceProbe> probes = new ArrayList<>(List.of(new Broken()));
        probes.addAll(realProbes());
        try (Sidecar sidecar = sidecar(probes, List.of(new HeaviestPolicy()))) {
            assertThat(sidecar.start(() -> {})).startsWith("pid ");
            assertThat(sidecar.isActive()).isTrue();
        }
    }

    @Test
    void aSidecarWithNothingToMeasureFailsTheStart() {
        try (Sidecar sidecar = sidecar(List.of(new Blind()), List.of(new HeaviestPolicy()))) {
            assertThatThrownBy(() -> sidecar.start(() -> {}))
                    .isInstanceOf(GuardException.class)
                    .hasMessageContaining("no resource probe works there")
                    .hasMessageContaining("it is dark");
        }
        assertThat(children()).isEmpty();
    }

    @Test
    void classesThatAreInNoPlainJarAreNamedWithTheSettingThatHelps() throws Exception {
        Object nested =
                new Nested().loadClass(Blind.class.getName()).getConstructor().newInstance();

        assertThatThrownBy(() -> SidecarClassPath.of(List.of(nested), PluginConfig.EMPTY))
                .isInstanceOf(GuardException.class)
                .hasMessageContaining(Blind.class.getName() + " comes from an unknown place")
                .hasMessageContaining("Set sidecar.classpath to plain jars");
        assertThat(SidecarClassPath.of(
                        List.of(nested),
                        new PluginConfig(
                                Map.of("sidecar.classpath", "/opt/a.jar" + File.pathSeparator + "/opt/b.jar"))))
                .startsWith("/opt/a.jar" + File.pathSeparator + "/opt/b.jar" + File.pathSeparator);
    }

    @Test
    void theClassPathHoldsEveryPluginsJarAndJna() {
        assertThat(SidecarClassPath.of(List.of(new ProcTracker()), PluginConfig.EMPTY)
                        .split(File.pathSeparator))
                .doesNotHaveDuplicates()
                .anyMatch(entry -> entry.contains("nbguard-api"))
                .anyMatch(entry -> entry.contains("nbguard-core"))
                .anyMatch(entry -> entry.contains("nbguard-cgroup"))
                .anyMatch(entry -> entry.contains("jna"))
                .anyMatch(entry -> entry.contains("slf4j-api"));
    }

    /** A policy as only its host can make it. */
    public static final class WithArguments implements KillPolicy {

        /** Made by the test. */
        public WithArguments(String argument) {
            assertThat(argument).isNotEmpty();
        }

        @Override
        public String name() {
            return "with-arguments";
        }

        @Override
        public Optional<Victim> choose(KillSituation situation) {
            return Optional.empty();
        }
    }

    /** A probe that works nowhere. */
    public static final class Blind implements ResourceProbe {

        /** Made by name. */
        public Blind() {}

        @Override
        public String name() {
            return "blind";
        }

        @Override
        public int preference() {
            return 1;
        }

        @Override
        public ProbeSession open(PluginConfig configuration) throws UnavailableException {
            throw new UnavailableException("it is dark", "");
        }
    }

    /** A probe that has a fault. */
    public static final class Broken implements ResourceProbe {

        /** Made by name. */
        public Broken() {}

        @Override
        public String name() {
            return "broken";
        }

        @Override
        public int preference() {
            return 1;
        }

        @Override
        public ProbeSession open(PluginConfig configuration) {
            throw new IllegalStateException("it is broken");
        }
    }

    /** Loads a class from nowhere, as the loaders of fat jars seem to. */
    private static final class Nested extends ClassLoader {

        @Override
        public Class<?> loadClass(String name) throws ClassNotFoundException {
            if (!name.equals(Blind.class.getName())) {
                return super.loadClass(name);
            }
            try (InputStream content = Blind.class.getResourceAsStream("SidecarStartTest$Blind.class")) {
                byte[] bytes = content.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}

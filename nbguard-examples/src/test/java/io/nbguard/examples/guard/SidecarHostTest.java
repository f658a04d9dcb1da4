package io.nbguard.examples.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nbguard.core.sidecar.SidecarMain;
import io.nbguard.guest.ControlGroup;
import io.nbguard.papermill.PythonEnvironments;
import io.nbguard.spi.PluginConfig;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hosts that stand still or die, and what their sidecars do then. */
@Tag("slow")
@Timeout(300)
class SidecarHostTest {

    private static final long MIB = 1 << 20;

    private static final List<String> MODULES = List.of(
            "nbguard-api", "nbguard-core", "nbguard-cgroup", "nbguard-papermill", "jackson-core", "jna", "slf4j");

    /** Some 250 MiB a second; the bound saves the machine if it is not ended. */
    private static final String HOG = """
            import footprint, os, time
            footprint.leave('hog.process')
            while not os.path.exists('grow'): time.sleep(0.01)
            blocks = []
            while len(blocks) < 200:
                blocks.append(bytearray(8 << 20))
                time.sleep(0.03)
            time.sleep(120)
            """;

    private static final String CALM = """
            import footprint, os, time
            footprint.leave('calm.process')
            block = bytearray(40 << 20)
            while not os.path.exists('go-on'): time.sleep(0.02)
            """;

    private static final String ESCAPING = """
            import escapees, footprint, os, time
            footprint.leave('kernel.process')
            open('connection-file', 'w').write(os.environ['TMPDIR'])
            escapees.leave()
            open('staying', 'w').close()
            while True: time.sleep(0.1)
            """;

    @TempDir
    Path folder;

    private Ground ground;
    private Path temporary;

    @BeforeEach
    void makeFolders() throws IOException {
        ground = new Ground(folder);
        temporary = Files.createDirectories(folder.resolve("tmp"));
    }

    private HostProcess host(UnaryOperator<List<String>> place, String... notebooks) {
        return HostProcess.start(SidecarHostProgram.class, ground, temporary, place, notebooks);
    }

    private static ProcessHandle sidecarOf(HostProcess host) {
        await("a sidecar").atMost(Ground.TIMEOUT).until(() -> !sidecars(host).isEmpty());
        return sidecars(host).get(0);
    }

    private static List<ProcessHandle> sidecars(HostProcess host) {
        return ProcessHandle.of(host.pid()).stream()
                .flatMap(ProcessHandle::children)
                .filter(child -> child.info().commandLine().orElse("").contains(SidecarMain.class.getName()))
                .toList();
    }

    /** Waits until a sidecar keeps a descriptor of a process open, as it does of all that it watches. */
    private static void awaitWatch(ProcessHandle sidecar, Footprint watched) {
        await("the watch of " + watched).atMost(Ground.TIMEOUT).until(() -> {
            try (var open = Files.list(Path.of("/proc/" + sidecar.pid() + "/fd"))) {
                return open.anyMatch(link -> leadsTo(link, "/proc/" + watched.pid() + "/"));
            }
        });
    }

    private static boolean leadsTo(Path link, String start) {
        try {
            return Files.readSymbolicLink(link).toString().startsWith(start);
        } catch (IOException closed) {
            return false;
        }
    }

    private static void awaitEnd(ProcessHandle process) {
        await("the end of the sidecar").atMost(Ground.TIMEOUT).until(() -> !process.isAlive());
    }

    private void assertNothingOfTheHostIsLeft() throws IOException {
        assertThat(ground.footprints()).as("processes alive").isNotEmpty().noneMatch(Footprint::lives);
        assertThat(Ground.living(folder.toString())).as("processes alive").isEmpty();
        try (var left = Files.list(temporary)) {
            assertThat(left.filter(file -> !file.endsWith("announced")))
                    .as("temporary files")
                    .isEmpty();
        }
        assertThat(Ground.files(temporary.resolve("announced")))
                .as("announcements")
                .isEmpty();
    }

    private String orphanRecord() throws IOException {
        List<Path> records = Ground.files(ground.outputs().resolve(".nbguard")).stream()
                .filter(Files::isRegularFile)
                .toList();
        assertThat(records).hasSize(1);
        return Files.readString(records.get(0));
    }

    @Test
    void aHogThatGrowsWhileTheHostStandsStillIsEndedBeforeTheKernelMust() throws Exception {
        long limit = 640 * MIB;
        Files.writeString(ground.notebooks().resolve("hog.py.ipynb"), HOG);
        Files.writeString(ground.notebooks().resolve("calm.py.ipynb"), CALM);
        try (ControlGroup group = ControlGroup.create("memory")) {
            group.write("memory.limit_in_bytes", limit);
            try (HostProcess host = host(group::joinedBy, "calm.py.ipynb", "hog.py.ipynb")) {
                Footprint hog = ground.awaitFootprint("hog");
                ProcessHandle sidecar = sidecarOf(host);
                awaitWatch(sidecar, hog);
                awaitWatch(sidecar, ground.awaitFootprint("calm"));

                Signals.send("STOP", host.pid());
                ground.signal("grow");
                await("the hog's end").atMost(Ground.TIMEOUT).until(() -> !hog.lives());
                String toldWhileStopped = host.told();
                Signals.send("CONT", host.pid());

                HostReport report = host.awaitEnd("hog.py.ipynb");
                ground.signal("go-on");
                assertThat(host.awaitEnd("calm.py.ipynb").state())
                        .as(host::told)
                        .isEqualTo("COMPLETED");
                host.awaitExit();
                assertThat(toldWhileStopped).doesNotContain("OOM Prevention");
                assertThat(report.reason()).as(host::told).isEqualTo("WATCHDOG_MEMORY");
                assertThat(report.cause()).isEqualTo("NODE_LIMIT");
                assertThat(report.message()).isEqualTo("OOM Prevention: Terminated hog.py.ipynb");
                assertThat(host.told().lines().filter(line -> line.startsWith("event Terminated")))
                        .hasSize(1);
                assertThat(host.told().lines().filter(line -> line.startsWith("event WatchdogMoved")))
                        .as("a pause of the host is no silence of the sidecar")
                        .isNotEmpty()
                        .noneMatch(line -> line.contains("is given up"));
                assertThat(group.read("memory.oom_control", "oom_kill")).isZero();
                assertNothingOfTheHostIsLeft();
                Ground.figure(
                        "host stopped",
                        "peak %d MiB of %d MiB".formatted(group.read("memory.max_usage_in_bytes") / MIB, limit / MIB));
            }
        }
    }

    @Test
    void whatAKilledHostLeavesIsEndedRemovedAndRecorded() throws Exception {
        PythonEnvironments.prepare(PluginConfig.EMPTY, line -> {});
        ground.write("escaping.ipynb", "print('kept')", ESCAPING);
        try (HostProcess host = host(UnaryOperator.identity(), "escaping.ipynb")) {
            ground.awaitFile("staying");
            ProcessHandle sidecar = sidecarOf(host);
            assertThat(ground.footprints()).hasSize(6).allMatch(Footprint::lives);
            assertThat(Path.of(ground.text("connection-file"))).isDirectory();

            host.kill();

            awaitEnd(sidecar);
            assertNothingOfTheHostIsLeft();
            assertThat(Path.of(ground.text("connection-file"))).doesNotExist();
            assertThat(orphanRecord())
                    .contains("\"notebook\": \"escaping.ipynb\"", "\"endReason\": \"ORPHANED\"", "\"alive\": false");
            assertThat(Ground.files(ground.outputs()))
                    .filteredOn(Files::isRegularFile)
                    .as("the partial notebook is kept")
                    .anySatisfy(file -> assertThat(file).content().contains("kept"))
                    .noneMatch(file -> file.getFileName().toString().startsWith(".nbguard-"));
        }
    }

    @Test
    void processesThatNoSupervisorEndsAreEndedToo() throws Exception {
        Files.writeString(ground.notebooks().resolve("calm.py.ipynb"), CALM);
        try (HostProcess host = host(UnaryOperator.identity(), "calm.py.ipynb")) {
            Footprint calm = ground.awaitFootprint("calm");
            ProcessHandle sidecar = sidecarOf(host);
            awaitWatch(sidecar, calm);

            host.kill();

            awaitEnd(sidecar);
            assertThat(calm.lives()).isFalse();
            assertNothingOfTheHostIsLeft();
            assertThat(orphanRecord()).contains("\"notebook\": \"calm.py.ipynb\"");
        }
    }

    @Test
    void aHostOnTheModulePathHasASidecarToo() throws Exception {
        Files.writeString(ground.notebooks().resolve("calm.py.ipynb"), CALM);
        try (HostProcess host = host(SidecarHostTest::asModules, "calm.py.ipynb")) {
            Footprint calm = ground.awaitFootprint("calm");
            awaitWatch(sidecarOf(host), calm);
            ground.signal("go-on");

            host.awaitExit();

            assertThat(host.awaitEnd("calm.py.ipynb").state()).as(host::told).isEqualTo("COMPLETED");
            assertNothingOfTheHostIsLeft();
        }
    }

    /** Puts everything but the tests themselves on the module path. */
    private static List<String> asModules(List<String> command) {
        List<String> changed = new ArrayList<>(command);
        int place = changed.indexOf("-cp");
        List<String> all = List.of(changed.get(place + 1).split(File.pathSeparator));
        List<String> modules = all.stream()
                .filter(entry -> MODULES.stream().anyMatch(name -> entry.contains("/" + name)))
                .filter(entry -> !entry.contains("test-classes"))
                .toList();
        List<String> tests =
                all.stream().filter(entry -> entry.contains("test-classes")).toList();
        changed.set(place + 1, String.join(File.pathSeparator, tests));
        changed.addAll(
                place,
                List.of(
                        "-p",
                        String.join(File.pathSeparator, modules),
                        "--add-modules",
                        "io.nbguard.core,io.nbguard.cgroup,io.nbguard.papermill"));
        return changed;
    }

    @Test
    void aHostThatEndsInGoodOrderTakesItsSidecarWithIt() throws Exception {
        Files.writeString(ground.notebooks().resolve("calm.py.ipynb"), CALM);
        try (HostProcess host = host(UnaryOperator.identity(), "calm.py.ipynb")) {
            ground.awaitFootprint("calm");
            ProcessHandle sidecar = sidecarOf(host);
            ground.signal("go-on");

            host.awaitExit();

            assertThat(sidecar.isAlive()).isFalse();
            assertThat(host.awaitEnd("calm.py.ipynb").state()).isEqualTo("COMPLETED");
            assertNothingOfTheHostIsLeft();
            assertThat(ground.outputs().resolve(".nbguard")).doesNotExist();
        }
    }
}

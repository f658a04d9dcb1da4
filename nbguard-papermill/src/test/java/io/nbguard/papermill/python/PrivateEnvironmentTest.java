package io.nbguard.papermill.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.executor.Readiness;
import io.nbguard.spi.executor.Readiness.Check;
import io.nbguard.spi.executor.Readiness.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class PrivateEnvironmentTest {

    private static final long TIMEOUT_SECONDS = 300;

    @TempDir
    Path folder;

    private PrivateEnvironment here(Surroundings surroundings) {
        return new PrivateEnvironment(new PluginConfig(Map.of("papermill.venv.root", root().toString())), surroundings);
    }

    private Path root() {
        return folder.resolve("root");
    }

    private static Surroundings real(String... more) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        for (int i = 0; i < more.length; i += 2) {
            environment.put(more[i], more[i + 1]);
        }
        return new Surroundings(environment, Path.of("/does/not/exist"));
    }

    /** Surroundings in which python3 is a script that answers this. */
    private Surroundings withPython3(String script) throws IOException {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Path python = Files.writeString(bin.resolve("python3"), "#!/bin/sh\n" + script + "\n");
        assertThat(python.toFile().setExecutable(true)).isTrue();
        return new Surroundings(Map.of("PATH", bin.toString()), folder);
    }

    private List<String> made() throws IOException {
        try (Stream<Path> files = Files.list(root())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.endsWith(".lock"))
                    .toList();
        }
    }

    private void assertRefused(Surroundings surroundings, String... parts) throws IOException {
        assertThatThrownBy(() -> here(surroundings).prepare(note -> {}))
                .isInstanceOfSatisfying(
                        GuardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ENVIRONMENT))
                .hasMessageContainingAll(parts);
        assertThat(made()).as("nothing half-made is left").isEmpty();
    }

    @Test
    void theCacheFolderIsTheUsersUnlessASettingNamesAnother() {
        Surroundings xdg = new Surroundings(Map.of("XDG_CACHE_HOME", "/xdg"), folder);
        Surroundings relative = new Surroundings(Map.of("XDG_CACHE_HOME", "xdg"), folder);

        assertThat(new PrivateEnvironment(PluginConfig.EMPTY, xdg).root()).isEqualTo(Path.of("/xdg/nbguard"));
        assertThat(new PrivateEnvironment(PluginConfig.EMPTY, relative).root())
                .isEqualTo(folder.resolve(".cache/nbguard"));
        assertThat(here(xdg).root()).isEqualTo(root());
    }

    @Test
    void withoutAnyPythonTheCureIsToInstallOne() throws IOException {
        assertRefused(
                new Surroundings(Map.of("PATH", "/nowhere"), folder),
                "there is no python3 on the search path",
                "Install Python 3.10 or newer",
                "apt install python3-venv",
                "NBGUARD_PYTHON");
    }

    @Test
    void anOldPythonIsNamedWithItsVersion() throws IOException {
        assertRefused(
                withPython3("echo '{\"version\": \"3.8.10\", \"minor\": 8, \"venv\": true}'"),
                "bin/python3 is version 3.8.10, older than 3.10");
    }

    @Test
    void aPythonWithoutItsVenvModuleIsNamedWithThePackageToInstall() throws IOException {
        assertRefused(
                withPython3("echo '{\"version\": \"3.11.2\", \"minor\": 11, \"venv\": false}'"),
                "bin/python3 lacks the venv module",
                "apt install python3.11-venv");
    }

    @Test
    void aPythonThatDoesNotWorkIsNamedWithWhatItSays() throws IOException {
        assertRefused(
                withPython3("echo 'pyenv: version 3.11 is not installed' >&2; exit 1"),
                "bin/python3 failed with exit code 1: pyenv: version 3.11 is not installed");
    }

    @Test
    void aFolderThatCannotBeMadeIsNamed() throws IOException {
        Files.writeString(root(), "a file");

        assertThatThrownBy(() -> here(real()).prepare(note -> {}))
                .isInstanceOf(GuardException.class)
                .hasMessageContainingAll(root().toString(), "papermill.venv.root");
    }

    @Test
    void anIndexThatCannotBeReachedIsToldOfWithTheCure() throws IOException {
        assertRefused(
                real(
                        "PIP_INDEX_URL", "http://127.0.0.1:9/simple",
                        "PIP_FIND_LINKS", "",
                        "PIP_NO_CACHE_DIR", "1",
                        "PIP_RETRIES", "1"),
                "pip could not install papermill: the package index cannot be reached",
                "PIP_INDEX_URL");
    }

    @Test
    void twoAtATimeMakeOneEnvironmentAndAHalfMadeOneIsMadeAgain() throws Exception {
        PrivateEnvironment environment = here(real("PIP_USER", "1", "PYTHONPATH", "/x", "PIP_TARGET", "/nowhere"));
        Path halfMade = halfMade(environment);
        List<String> notes = new CopyOnWriteArrayList<>();

        CompletableFuture<Path> one = inThread(environment, notes);
        CompletableFuture<Path> other = inThread(environment, notes);
        Path python = one.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);

        assertThat(other.get(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isEqualTo(python);
        assertThat(made()).hasSize(1);
        assertThat(halfMade.resolve("junk")).doesNotExist();
        assertThat(notes)
                .filteredOn(note -> note.startsWith("making a Python environment"))
                .hasSize(1);
        assertThat(notes).contains("waiting for another nbguard that makes the Python environment");
        assertThat(notes).anyMatch(note -> note.matches("installing \\d\\d packages"));
        PythonProbe.Answer answer = PythonProbe.ask(python, false);
        assertThat(answer.papermill()).contains("2.7.0");
        assertThat(answer.ipykernel().orElseThrow()).startsWith("7.");

        assertReadiness(python);
        assertAnEnvironmentWhoseInterpreterWentIsNotReady(environment, python);
    }

    private static CompletableFuture<Path> inThread(PrivateEnvironment environment, List<String> notes) {
        CompletableFuture<Path> made = new CompletableFuture<>();
        new Thread(() -> {
                    try {
                        made.complete(environment.prepare(notes::add));
                    } catch (Throwable e) {
                        made.completeExceptionally(e);
                    }
                })
                .start();
        return made;
    }

    /** Makes what a killed JVM would leave, with the name that the environment will have. */
    private Path halfMade(PrivateEnvironment environment) throws Exception {
        Path python = real().onPath("python3").orElseThrow();
        String name = environment.folderName(PythonProbe.ask(python, true));
        Path halfMade = Files.createDirectories(root().resolve(name));
        Files.writeString(halfMade.resolve("junk"), "");
        Files.createDirectories(root().resolve("." + name.substring(0, name.lastIndexOf('-')) + ".making/junk"));
        assertThat(environment.ready()).isEmpty();
        return halfMade;
    }

    private void assertReadiness(Path python) {
        Readiness readiness = new PythonFinder(real("NBGUARD_PYTHON", ""))
                .check(new PluginConfig(Map.of("papermill.venv.root", root().toString())));

        assertThat(readiness.usable()).isTrue();
        assertThat(readiness.checks()).extracting(Check::level).containsExactly(Level.OK, Level.OK);
        assertThat(readiness.checks().get(0).finding()).contains(python.toString());
        assertThat(readiness.checks().get(1).finding()).startsWith("papermill 2.7.0, ipykernel 7.");
    }

    private static void assertAnEnvironmentWhoseInterpreterWentIsNotReady(PrivateEnvironment environment, Path python)
            throws IOException {
        assertThat(environment.ready()).contains(python);
        Files.delete(python);
        Files.createSymbolicLink(python, Path.of("/gone/with/an/update/python3.11"));
        assertThat(environment.ready()).isEmpty();
    }

    @Test
    void anInterruptedMakingLeavesNothing() throws Exception {
        CountDownLatch fetching = new CountDownLatch(1);
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        Thread maker = new Thread(() -> {
            try {
                here(real()).prepare(note -> {
                    if (note.startsWith("fetched")) {
                        fetching.countDown();
                    }
                });
                end.complete(new AssertionError("not interrupted"));
            } catch (Throwable e) {
                end.complete(e);
            }
        });
        maker.start();
        assertThat(fetching.await(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();

        maker.interrupt();

        assertThat(end.get(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        assertThat(made()).isEmpty();
        assertThat(ProcessHandle.current().descendants())
                .noneMatch(process -> process.info().commandLine().orElse("").contains(root().toString()));
    }

    @Test
    void readinessTellsWhatWouldBeMadeAndChangesNothing() {
        Readiness readiness = new PythonFinder(real("NBGUARD_PYTHON", ""))
                .check(new PluginConfig(Map.of("papermill.venv.root", root().toString())));

        assertThat(readiness.usable()).isTrue();
        assertThat(readiness.checks()).extracting(Check::level).containsExactly(Level.OK, Level.ADVICE);
        assertThat(root()).doesNotExist();
    }

    @Test
    void readinessTellsWhyThereIsNoPython() {
        Readiness readiness =
                new PythonFinder(new Surroundings(Map.of("PATH", "/nowhere"), folder)).check(PluginConfig.EMPTY);

        assertThat(readiness.usable()).isFalse();
        assertThat(readiness.checks().get(0).finding()).contains("there is no python3 on the search path");
    }

    @Test
    void readinessTellsWhatAGivenPythonLacks() throws IOException {
        Surroundings python = withPython3("echo '{\"version\": \"3.12.1\", \"minor\": 12, \"papermill\": \"2.7.0\"}'");

        Readiness readiness = new PythonFinder(python).check(new PluginConfig(Map.of("papermill.python", "python3")));

        assertThat(readiness.usable()).isFalse();
        assertThat(readiness.checks().get(0))
                .satisfies(check -> assertThat(check.finding()).startsWith("3.12.1, "));
        assertThat(readiness.checks().get(1).finding()).endsWith("/python3 has no ipykernel");
        assertThat(readiness.checks().get(1).cure()).endsWith("/python3 -m pip install papermill ipykernel");
    }

    @Test
    void troubleIsExplainedByWhatPipPrints() {
        Path root = Path.of("/cache");
        assertThat(SetUpTrouble.explain(
                        List.of(
                                "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"),
                        root))
                .startsWith("the disk is full. Make room for 250 MB in /cache");
        assertThat(SetUpTrouble.explain(
                        List.of("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."), root))
                .startsWith("the package index serves other files");
        assertThat(SetUpTrouble.explain(
                        List.of("x", "ERROR: No matching distribution found for papermill==2.7.0", ""), root))
                .startsWith("the package index has no fitting file (ERROR: No matching distribution found");
        assertThat(SetUpTrouble.explain(List.of("something", "else", ""), root)).startsWith("else. Mend that");
        assertThat(SetUpTrouble.explain(List.of(), root)).startsWith("it printed nothing");
    }
}

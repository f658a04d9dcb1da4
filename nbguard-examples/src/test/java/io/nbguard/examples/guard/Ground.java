package io.nbguard.examples.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.core.GuardBuilder;
import io.nbguard.core.NotebookGuard;
import io.nbguard.core.announce.RuntimeFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** The folders of one guard under test, and the proof that nothing of an execution is left, in them or anywhere else. */
final class Ground {

    /** Long enough for a busy machine, also an emulated one; nothing is ever asserted about how long something took. */
    static final Duration TIMEOUT = Duration.ofSeconds(System.getenv("NBGUARD_GUEST") == null ? 240 : 500);

    private static final List<String> MODULES = List.of("footprint.py", "escapees.py");

    private final Path folder;
    private final Path notebooks;
    private final Path outputs;

    Ground(Path folder) {
        this.folder = folder;
        notebooks = folder.resolve("notebooks");
        outputs = folder.resolve("outputs");
        try {
            Files.createDirectories(notebooks);
            for (String module : MODULES) {
                try (InputStream source = Ground.class.getResourceAsStream(module)) {
                    Files.copy(source, notebooks.resolve(module));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path folder() {
        return folder;
    }

    /** Where notebooks are, and where their code runs. */
    Path notebooks() {
        return notebooks;
    }

    Path outputs() {
        return outputs;
    }

    /** Returns the settings of a guard that finds everything for itself. */
    GuardBuilder guard() {
        return NotebookGuard.builder().notebooks(notebooks).outputs(outputs);
    }

    void write(String name, Notebook notebook) {
        notebook.write(notebooks.resolve(name));
    }

    void write(String name, String... cells) {
        write(name, Notebook.of(cells));
    }

    /** Makes a file in the folder where the notebooks' code runs. */
    void signal(String name) {
        try {
            Files.createFile(notebooks.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean has(String name) {
        return Files.exists(notebooks.resolve(name));
    }

    void awaitFile(String name) {
        await(name).atMost(TIMEOUT).until(() -> Files.exists(notebooks.resolve(name)));
    }

    /** Waits for a file that a notebook makes, no longer than the notebook lives. */
    void awaitFile(String name, Execution execution) {
        await(name)
                .atMost(TIMEOUT)
                .until(() -> Files.exists(notebooks.resolve(name))
                        || execution.completion().isDone());
        assertThat(notebooks.resolve(name))
                .as(() -> "made by " + execution.completion().getNow(null))
                .exists();
    }

    String text(String name) {
        try {
            return Files.readString(notebooks.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for a process to say who it is. */
    Footprint awaitFootprint(String name) {
        awaitFile(name + Footprint.ENDING);
        return footprints().stream()
                .filter(footprint -> footprint.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Returns every process that has said who it is. */
    List<Footprint> footprints() {
        List<Footprint> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(notebooks, "*" + Footprint.ENDING)) {
            for (Path file : files) {
                found.add(Footprint.read(file));
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for the end, and sees at that very moment that nothing is left. */
    ExecutionRecord awaitEnd(Execution execution) {
        ExecutionRecord record = get(execution.completion());
        assertNothingIsLeftOf(execution.id());
        return record;
    }

    /** Waits for the end. */
    ExecutionRecord getEnd(Execution execution) {
        return get(execution.completion());
    }

    static <T> T get(CompletableFuture<T> future) {
        try {
            return future.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("did not complete", e);
        }
    }

    /** Sees that no process and no temporary file of an execution is left, and none that has said who it is lives. */
    void assertNothingIsLeftOf(ExecutionId id) {
        assertThat(footprints()).as("processes alive").noneMatch(Footprint::lives);
        assertThat(living("nbguard-" + id.value())).as("processes alive").isEmpty();
        assertThat(living(notebooks.toString())).as("processes alive").isEmpty();
        assertThat(temporaryFolder("nbguard-" + id.value())).doesNotExist();
        assertThat(files(outputs)).as("outputs").allMatch(file -> file.toString()
                .endsWith(".ipynb"));
        assertThat(files(RuntimeFolder.location()))
                .as("announcements")
                .noneMatch(file -> file.getFileName().toString().contains(id.value()));
        Path connection = notebooks.resolve("connection-file");
        if (Files.exists(connection)) {
            Path told = Path.of(text("connection-file"));
            assertThat(told).as("the kernel's connection file").doesNotExist();
            assertThat(told.getParent()).as("its folder").doesNotExist();
        }
    }

    /** The opposite, in the midst of a run: so that the proof above is known to look where there is something. */
    void assertEverythingIsThereOf(ExecutionId id) {
        assertThat(footprints()).as("processes alive").isNotEmpty().allMatch(Footprint::lives);
        assertThat(living("nbguard-" + id.value()))
                .as("supervisor, papermill, kernel")
                .hasSizeGreaterThanOrEqualTo(3);
        assertThat(living(notebooks.toString())).as("processes alive").isNotEmpty();
        assertThat(temporaryFolder("nbguard-" + id.value())).isDirectory();
        assertThat(files(outputs)).as("outputs").anyMatch(file -> file.toString()
                .contains("nbguard-" + id.value()));
        assertThat(Path.of(text("connection-file")))
                .as("the kernel's connection file")
                .exists();
    }

    /** Leaves something that was measured in the test's output, for people. */
    static void figure(String what, String figures) {
        System.out.println("figure: " + what + ": " + figures);
    }

    static Path temporaryFolder(String name) {
        return Path.of(System.getProperty("java.io.tmpdir"), name);
    }

    /**
     * Returns the processes that live with {@code place} in their command line or their working folder. What neither
     * tells of, a daemon that has left its folder, must have left its footprint.
     */
    static List<String> living(String place) {
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                try {
                    String command = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1)
                            .replace('\0', ' ');
                    String cwd = Files.readSymbolicLink(process.resolve("cwd")).toString();
                    boolean self = process.endsWith(
                            Long.toString(ProcessHandle.current().pid()));
                    // A zombie has neither.
                    if (!self && (command.contains(place) || cwd.startsWith(place))) {
                        found.add(process.getFileName() + " in " + cwd + ": " + command);
                    }
                } catch (IOException goneOrNotOurs) {
                    continue;
                }
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns all files below a folder, hidden ones and empty hidden folders too. */
    static List<Path> files(Path folder) {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> Files.isRegularFile(file)
                            || file.getFileName().toString().startsWith("."))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

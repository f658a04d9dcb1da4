package io.nbguard.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An engine that runs nothing: its whole state is a folder, and the test says what becomes of each job. It outlives every JVM
 * that talks to it, so it shows what happens to executions whose guard has died. {@link FolderExecutor} is its executor.
 *
 * <p>Safe for use by any thread and by several JVMs: every file is replaced as a whole.
 */
public final class FolderEngine {

    private final Path folder;

    /** Makes the engine whose state is in {@code folder}, which is made if it is not there. */
    public FolderEngine(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder.resolve("jobs"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // What the test does.

    /** Stops the engine from answering any call, until {@link #answers}. */
    public void isDown() {
        write(folder.resolve("down"), "");
    }

    /** Lets the engine answer again. */
    public void answers() {
        delete(folder.resolve("down"));
    }

    /** Lets the engine refuse every stop, for a reason. */
    public void refusesStops(String why) {
        write(folder.resolve("refuses"), why);
    }

    /** Lets the engine obey stops again. */
    public void obeysStops() {
        delete(folder.resolve("refuses"));
    }

    /** Leaves a job in the engine's queue. */
    public void waits(String job, String reason) {
        state(job, "WAITING " + reason);
    }

    /** Starts a job. */
    public void runs(String job) {
        state(job, "RUNNING");
    }

    /** Ends a job with an exit code. */
    public void ends(String job, int exitCode) {
        state(job, "ENDED " + exitCode);
    }

    /** Ends a job for a reason of the engine's own. */
    public void endsIt(String job, String end, String detail) {
        state(job, "ENDED_BY " + end + " " + detail);
    }

    /** Says what a job uses. */
    public void uses(String job, long memoryBytes, long cpuNanos) {
        write(job(job).resolve("usage"), memoryBytes + " " + cpuNanos);
    }

    /** Returns every job, by id. */
    public List<String> jobs() {
        try (Stream<Path> found = Files.list(folder.resolve("jobs"))) {
            return found.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the forces by which a job was asked to stop, in their order, with repetitions. */
    public List<String> stops(String job) {
        return read(job(job).resolve("stops"))
                .map(text -> text.lines().toList())
                .orElse(List.of());
    }

    /** Returns the notebook that was copied to the engine for a job. */
    public Path notebook(String job) {
        return job(job).resolve("notebook.ipynb");
    }

    // What its executor asks.

    boolean isReachable() {
        return !Files.exists(folder.resolve("down"));
    }

    /** Returns since when it has not answered. */
    Optional<Instant> downSince() {
        try {
            return Optional.of(Files.getLastModifiedTime(folder.resolve("down")).toInstant());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    Optional<String> refusal() {
        return read(folder.resolve("refuses"));
    }

    Path create(String job) throws IOException {
        return Files.createDirectories(job(job));
    }

    Optional<String> state(String job) {
        return read(job(job).resolve("state"));
    }

    Optional<String> usage(String job) {
        return read(job(job).resolve("usage"));
    }

    synchronized void asked(String job, String force) {
        write(job(job).resolve("stops"), String.join("\n", stops(job)) + "\n" + force);
    }

    private void state(String job, String state) {
        write(job(job).resolve("state"), state);
    }

    private Path job(String job) {
        return folder.resolve("jobs").resolve(job);
    }

    private static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file).strip());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Path part = Files.createTempFile(file.toAbsolutePath().getParent(), ".part", null);
            Files.writeString(part, text);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

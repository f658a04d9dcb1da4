package io.nbguard.benchmarks.rig;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Makes the programs that the comparison needs from the sources in this module: C by {@code cc} into a temporary folder
 * that goes away at {@link #close()}, Python with psutil in a virtual environment that is kept for the next time.
 */
public final class Workshop implements AutoCloseable {

    /** The release of psutil that is measured. */
    public static final String PSUTIL_VERSION = "7.2.2";

    private static final long TIMEOUT_SECONDS = 180;

    private final Path scratch;
    private final Path kept;
    private final Thread atExit;

    /**
     * Opens a workshop.
     *
     * @param kept the folder for the Python environment
     */
    public Workshop(Path kept) throws IOException {
        this.kept = kept.toAbsolutePath();
        scratch = Files.createTempDirectory("nbguard-benchmarks-");
        atExit = new Thread(this::deleteScratch);
        // Ctrl-C in the middle of a run of some minutes is to be expected.
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** Returns the folder that goes away with the workshop. */
    public Path scratch() {
        return scratch;
    }

    /**
     * Compiles a C source of this module; where there is no compiler, a program of that name on the path will do, with
     * {@code -} for {@code /}.
     *
     * @param name the resource, without {@code .c}
     * @return the program
     * @throws IOException if there is no C compiler, or it fails
     */
    public Path compile(String name) throws IOException {
        Path program = scratch.resolve(name);
        Optional<Path> made = onPath("cc").isPresent() ? Optional.empty() : onPath(name.replace('/', '-'));
        if (made.isPresent()) {
            return made.get();
        }
        if (!Files.exists(program)) {
            Path source = unpack(name + ".c");
            try {
                execute(List.of("cc", "-O2", "-pthread", "-o", program.toString(), source.toString()));
            } catch (IOException e) {
                throw new IOException(
                        "cannot compile " + name + ".c; is a C compiler installed (Debian: gcc)? " + e.getMessage(), e);
            }
        }
        return program;
    }

    /** Returns a program that the shell would find. */
    public static Optional<Path> onPath(String program) {
        return Arrays.stream(
                        System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(File.pathSeparator))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Writes a resource of this module into the scratch folder. */
    public Path unpack(String resource) throws IOException {
        Path file = scratch.resolve(resource);
        if (Files.exists(file)) {
            return file;
        }
        Files.createDirectories(file.getParent());
        try (InputStream in = Workshop.class.getResourceAsStream("/io/nbguard/benchmarks/" + resource)) {
            if (in == null) {
                throw new IOException("this module has no resource " + resource);
            }
            Files.write(file, in.readAllBytes());
        }
        return file;
    }

    /**
     * Returns a Python that has psutil, made at first use.
     *
     * @throws IOException if there is no Python 3 with venv, or psutil cannot be fetched
     */
    public Path pythonWithPsutil() throws IOException {
        Path venv = kept.resolve("psutil-" + PSUTIL_VERSION);
        Path python = venv.resolve("bin/python");
        Path complete = venv.resolve("complete");
        if (!Files.exists(complete)) {
            deleteTree(venv);
            execute(List.of("python3", "-m", "venv", venv.toString()));
            execute(List.of(
                    python.toString(),
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    "psutil==" + PSUTIL_VERSION));
            Files.createFile(complete);
        }
        return python;
    }

    private void execute(List<String> command) throws IOException {
        Path log = Files.createTempFile(scratch, "command", ".log");
        Process process = new ProcessBuilder(new ArrayList<>(command))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        process.getOutputStream().close();
        try {
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(String.join(" ", command) + " took more than " + TIMEOUT_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted during " + String.join(" ", command), e);
        }
        String said = Files.readString(log, StandardCharsets.UTF_8).strip();
        if (process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + " returned " + process.exitValue() + ": " + said);
        }
    }

    private static void deleteTree(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** Deletes the scratch folder. */
    @Override
    public void close() {
        deleteScratch();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }

    private void deleteScratch() {
        try {
            deleteTree(scratch);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

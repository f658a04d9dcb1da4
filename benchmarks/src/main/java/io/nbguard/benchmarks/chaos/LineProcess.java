package io.nbguard.benchmarks.chaos;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A child process that one talks to in lines, and that says lines at any time. It ends when its standard input does. For
 * one thread.
 */
final class LineProcess implements AutoCloseable {

    private static final String END = "\0";
    private static final long TIMEOUT_SECONDS = 20;

    private final String name;
    private final Process process;
    private final Path errors;
    private final BufferedWriter input;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private boolean ended;

    private LineProcess(String name, Process process, Path errors) {
        this.name = name;
        this.process = process;
        this.errors = errors;
        input = process.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read, "lines of " + name);
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts it.
     *
     * @param name what to call it in errors
     * @param scratch a folder for what it writes to standard error
     */
    static LineProcess start(String name, Path scratch, List<String> command, Map<String, String> environment)
            throws IOException {
        Path errors = Files.createTempFile(scratch, name.replaceAll("\\W+", "-"), ".err");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        builder.environment().putAll(environment);
        return new LineProcess(name, builder.start(), errors);
    }

    private void read() {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            // The same as its end.
        }
        lines.add(END);
    }

    /** Returns whether it is alive, as far as is known without waiting. */
    boolean isAlive() {
        return !ended && process.isAlive();
    }

    /** Sends a line; does nothing if it has ended. */
    void send(String line) {
        try {
            input.write(line);
            input.newLine();
            input.flush();
        } catch (IOException e) {
            ended = true;
        }
    }

    /** Returns the next line; empty if none comes in time, or it has ended. */
    Optional<String> next(Duration timeout) throws InterruptedException {
        if (ended && lines.isEmpty()) {
            return Optional.empty();
        }
        @Nullable String line = lines.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
        if (END.equals(line)) {
            ended = true;
            return Optional.empty();
        }
        return Optional.ofNullable(line);
    }

    /**
     * Waits for a line that begins with {@code word}, and drops others.
     *
     * @throws IOException if none comes; the message holds what the process said last
     */
    String await(String word, Duration timeout) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        // A JVM that crashes says so there, and not on standard error.
        StringBuilder dropped = new StringBuilder();
        while (true) {
            Optional<String> line = next(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
            if (line.isEmpty()) {
                throw new IOException(name + (ended ? " ended with " + exitCode() : " said nothing for " + timeout)
                        + " instead of '" + word + "'; it said: " + dropped + complaints());
            }
            if (line.get().startsWith(word)) {
                return line.get();
            }
            dropped.append(line.get()).append('\n');
        }
    }

    /** Returns its exit code, which it has soon after its output has ended. */
    private String exitCode() throws InterruptedException {
        return process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) ? "code " + process.exitValue() : "its output closed";
    }

    /** Returns what it wrote to standard error. */
    String complaints() {
        try {
            return Files.readString(errors).strip();
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Ends its standard input and waits for it to end; kills it if it does not. */
    @Override
    public void close() {
        try {
            input.close();
        } catch (IOException e) {
            ended = true;
        }
        try {
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            Files.deleteIfExists(errors);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

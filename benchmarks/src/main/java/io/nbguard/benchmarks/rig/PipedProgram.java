package io.nbguard.benchmarks.rig;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A child process that answers each line with a line. It ends when its standard input does, so that it cannot outlive
 * this JVM. For one thread.
 */
public final class PipedProgram implements AutoCloseable {

    private static final long TIMEOUT_SECONDS = 30;

    private final String name;
    private final Process process;
    private final BufferedWriter questions;
    private final BufferedReader answers;
    private final Path errors;

    private PipedProgram(String name, Process process, Path errors) {
        this.name = name;
        this.process = process;
        this.errors = errors;
        questions = process.outputWriter(StandardCharsets.UTF_8);
        answers = process.inputReader(StandardCharsets.UTF_8);
    }

    /**
     * Starts a program.
     *
     * @param name what to call it in errors
     * @param scratch a folder for what it writes to standard error
     * @throws IOException if it cannot be started
     */
    public static PipedProgram start(String name, Path scratch, List<String> command) throws IOException {
        Path errors = Files.createTempFile(scratch, name, ".err");
        Process process =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        return new PipedProgram(name, process, errors);
    }

    /**
     * Sends a line and waits for the answer.
     *
     * @throws IllegalStateException if the program has ended; the message holds what it said last
     */
    public String ask(String question) {
        try {
            questions.write(question);
            questions.newLine();
            questions.flush();
        } catch (IOException e) {
            throw ended(e);
        }
        return readLine();
    }

    /**
     * Waits for a line.
     *
     * @throws IllegalStateException if the program has ended; the message holds what it said last
     */
    public String readLine() {
        try {
            String line = answers.readLine();
            if (line == null) {
                throw ended(null);
            }
            return line;
        } catch (IOException e) {
            throw ended(e);
        }
    }

    private IllegalStateException ended(@Nullable IOException cause) {
        String said;
        try {
            said = Files.readString(errors).strip();
        } catch (IOException e) {
            said = e.toString();
        }
        return new IllegalStateException(name + " ended while it was needed; it said: " + said, cause);
    }

    /** Ends its standard input and waits for it to end; kills it if it does not. */
    @Override
    public void close() {
        try {
            questions.close();
        } catch (IOException e) {
            // It has ended already; the pipe is closed all the same.
        }
        try {
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            answers.close();
            Files.deleteIfExists(errors);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

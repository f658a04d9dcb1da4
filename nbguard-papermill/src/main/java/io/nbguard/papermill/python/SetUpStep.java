package io.nbguard.papermill.python;

import io.nbguard.papermill.launch.PythonCommand;
import io.nbguard.papermill.launch.PythonEnd;
import io.nbguard.papermill.launch.RunningPython;
import io.nbguard.papermill.launch.SupervisedLauncher;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/** One Python command of setting an environment up. Supervised, so that it ends with this JVM and with an interruption. */
final class SetUpStep {

    private static final int KEPT_LINES = 200;
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration KILL = Duration.ofSeconds(30);

    private SetUpStep() {}

    /** How it went. */
    record Result(boolean success, List<String> lastLines) {}

    /**
     * Runs it to its end.
     *
     * @param scratch an empty private folder
     * @param line called with every line that it prints, by this thread
     * @throws IOException if it cannot be started
     * @throws InterruptedException if this thread is interrupted; it is ended first
     */
    static Result run(PythonCommand command, Path scratch, Consumer<String> line)
            throws IOException, InterruptedException {
        Path log = scratch.resolve("log.txt");
        // Printed to a file and looked at now and then: a read from a pipe could not be interrupted.
        RunningPython python = new SupervisedLauncher(scratch, false, () -> {})
                .start(command, builder -> builder.redirectOutput(log.toFile()).start());
        Deque<String> last = new ArrayDeque<>();
        try (BufferedReader lines = Files.newBufferedReader(log, StandardCharsets.ISO_8859_1)) {
            boolean ended;
            do {
                ended = python.await(LOOK);
                for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                    last.addLast(text);
                    if (last.size() > KEPT_LINES) {
                        last.removeFirst();
                    }
                    line.accept(text);
                }
            } while (!ended);
            PythonEnd end = python.await();
            return new Result(end.exitCode().isPresent() && end.exitCode().getAsInt() == 0, new ArrayList<>(last));
        } finally {
            python.kill();
            awaitUninterruptibly(python);
        }
    }

    /** Waits although interrupted: what the command writes to is about to be deleted. */
    private static void awaitUninterruptibly(RunningPython python) {
        boolean interrupted = false;
        long until = System.nanoTime() + KILL.toNanos();
        boolean ended = false;
        while (!ended && System.nanoTime() < until) {
            try {
                ended = python.await(Duration.ofNanos(until - System.nanoTime()));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

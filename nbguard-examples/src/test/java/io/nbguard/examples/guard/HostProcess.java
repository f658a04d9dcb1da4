package io.nbguard.examples.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A running {@link HostProgram}, and what it says. */
final class HostProcess implements AutoCloseable {

    private final Process process;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Thread reader;

    private HostProcess(Process process) {
        this.process = process;
        reader = new Thread(this::read, "host-output");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts one.
     *
     * @param temporaryFiles its {@code java.io.tmpdir}
     * @param place makes the command one that runs somewhere else
     */
    static HostProcess start(
            Ground ground, Path temporaryFiles, UnaryOperator<List<String>> place, String... notebooks) {
        return start(HostProgram.class, ground, temporaryFiles, place, notebooks);
    }

    /** Starts another program than {@link HostProgram} that takes the same arguments and says the same. */
    static HostProcess start(
            Class<?> program,
            Ground ground,
            Path temporaryFiles,
            UnaryOperator<List<String>> place,
            String... notebooks) {
        return start(program, ground, temporaryFiles, place, List.of(), notebooks);
    }

    /**
     * Starts one with settings of its own.
     *
     * @param settings options of its JVM, such as {@link HostProgram#DRY_RUN}
     */
    static HostProcess start(
            Ground ground,
            Path temporaryFiles,
            UnaryOperator<List<String>> place,
            List<String> settings,
            String... notebooks) {
        return start(HostProgram.class, ground, temporaryFiles, place, settings, notebooks);
    }

    /** Starts another program with settings of its own. */
    static HostProcess start(
            Class<?> program,
            Ground ground,
            Path temporaryFiles,
            UnaryOperator<List<String>> place,
            List<String> settings,
            String... notebooks) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + temporaryFiles,
                "-Djna.nosys=true"));
        command.addAll(settings);
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                program.getName(),
                ground.notebooks().toString(),
                ground.outputs().toString()));
        command.addAll(List.of(notebooks));
        try {
            return new HostProcess(new ProcessBuilder(place.apply(command))
                    .redirectErrorStream(true)
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        try (BufferedReader output = process.inputReader()) {
            output.lines().forEach(lines::add);
        } catch (IOException | UncheckedIOException killed) {
            return;
        }
    }

    /** Waits until an execution has ended. */
    HostReport awaitEnd(String notebook) {
        await(notebook)
                .atMost(Ground.TIMEOUT)
                .until(() -> !process.isAlive() || reports().containsKey(notebook));
        return reports().computeIfAbsent(notebook, name -> {
            throw new AssertionError(name + " did not end; the host said:\n" + told());
        });
    }

    /** Waits until the host has ended by itself. */
    void awaitExit() throws InterruptedException {
        assertThat(process.waitFor(Ground.TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                .as(this::told)
                .isTrue();
        reader.join(Ground.TIMEOUT.toMillis());
        assertThat(process.exitValue()).as(this::told).isZero();
    }

    Map<String, HostReport> reports() {
        return HostReport.byNotebook(lines.stream()
                .filter(HostReport::isReport)
                .map(HostReport::parse)
                .toList());
    }

    /** Returns all that it has said. */
    String told() {
        return String.join("\n", lines);
    }

    long pid() {
        return process.pid();
    }

    /** Ends it as {@code kill} does: its shutdown hooks run. */
    void terminate() {
        // Not Process.destroy(), which would close the stream that is read here.
        process.toHandle().destroy();
    }

    /** Waits until it is dead, however it came to that. */
    void awaitDeath() throws InterruptedException {
        assertThat(process.waitFor(Ground.TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                .as(this::told)
                .isTrue();
        reader.join(Ground.TIMEOUT.toMillis());
    }

    /** Ends it as {@code kill -9} does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}

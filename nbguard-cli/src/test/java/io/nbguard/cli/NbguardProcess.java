package io.nbguard.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** The command in a JVM of its own, as a shell would run it: real streams, real signals, a real exit code. */
final class NbguardProcess implements AutoCloseable {

    /** How it ended. */
    record Ended(int exitCode, String out, String err) {}

    /** Tests that were started in the background of a script ignore SIGINT, and with them whatever they start. */
    private static final List<String> HEEDING = List.of("python3", "-IS", "-c", """
            import os, signal, sys
            for each in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP): signal.signal(each, signal.SIG_DFL)
            os.execvp(sys.argv[1], sys.argv[1:])
            """);

    private final Process process;
    private final Stream out;
    private final Stream err;

    private NbguardProcess(Process process) {
        this.process = process;
        out = new Stream(process.getInputStream());
        err = new Stream(process.getErrorStream());
    }

    static NbguardProcess start(Path folder, Map<String, String> environment, String... arguments) throws IOException {
        return start(Nbguard.class, folder, environment, arguments);
    }

    /** Starts any program of this module. */
    static NbguardProcess start(Class<?> main, Path folder, Map<String, String> environment, String... arguments)
            throws IOException {
        return start(command(main, arguments), folder, environment);
    }

    /** Starts the command as {@code wrapper} has it started, and waits for its end. */
    static Ended runIn(UnaryOperator<List<String>> wrapper, Path folder, String... arguments)
            throws IOException, InterruptedException {
        try (NbguardProcess process = start(wrapper.apply(command(Nbguard.class, arguments)), folder, Map.of())) {
            return process.ended();
        }
    }

    static List<String> command(Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    private static NbguardProcess start(List<String> command, Path folder, Map<String, String> environment)
            throws IOException {
        return new NbguardProcess(launch(command, folder, environment));
    }

    /** Starts the command and leaves its streams to the caller. */
    static Process unread(Path folder, Map<String, String> environment, String... arguments) throws IOException {
        return launch(command(Nbguard.class, arguments), folder, environment);
    }

    private static Process launch(List<String> command, Path folder, Map<String, String> environment)
            throws IOException {
        List<String> heeding = new ArrayList<>(HEEDING);
        heeding.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(heeding).directory(folder.toFile());
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    static Ended run(Path folder, String... arguments) throws IOException, InterruptedException {
        try (NbguardProcess process = start(folder, Map.of(), arguments)) {
            return process.ended();
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
    }

    String outSoFar() {
        return out.soFar();
    }

    String errSoFar() {
        return err.soFar();
    }

    Ended ended() throws InterruptedException {
        if (!process.waitFor(4, TimeUnit.MINUTES)) {
            throw new AssertionError("nbguard did not end within 4 minutes");
        }
        return new Ended(process.exitValue(), out.all(), err.all());
    }

    /** What the process writes, read as it comes. */
    private static final class Stream {

        private final ByteArrayOutputStream read = new ByteArrayOutputStream();
        private final Thread reader;

        Stream(InputStream stream) {
            reader = new Thread(() -> {
                try (stream) {
                    stream.transferTo(read);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            reader.setDaemon(true);
            reader.start();
        }

        String soFar() {
            return read.toString(StandardCharsets.UTF_8);
        }

        String all() throws InterruptedException {
            reader.join(10_000);
            return soFar();
        }
    }

    @Override
    public void close() {
        // Asked first, so that a test that fails leaves no notebook behind.
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}

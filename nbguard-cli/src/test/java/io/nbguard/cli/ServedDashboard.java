package io.nbguard.cli;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code nbguard serve} in a JVM of its own, as a shell would run it, over two folders that outlast it: it can be ended and
 * started again on the same port.
 */
final class ServedDashboard implements AutoCloseable {

    private static final Pattern LINK = Pattern.compile("http://\\S+/");
    private static final Duration TIMEOUT = Duration.ofMinutes(4);

    private final Path folder;
    private final int port;
    private final Process process;
    private final Path out;

    private ServedDashboard(Path folder, int port, Process process, Path out) {
        this.folder = folder;
        this.port = port;
        this.process = process;
        this.out = out;
    }

    /** Starts it over {@code folder/notebooks} and {@code folder/outputs}, on a port that is free. */
    static ServedDashboard start(Path folder) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        return start(folder, port);
    }

    private static ServedDashboard start(Path folder, int port) throws IOException {
        Path out = Files.createTempFile(folder, "serve", ".out");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Nbguard.class.getName(),
                "serve",
                "--notebooks",
                folder.resolve("notebooks").toString(),
                "--outputs",
                folder.resolve("outputs").toString(),
                "--port",
                Integer.toString(port),
                "--token-file",
                folder.resolve("private/token").toString(),
                "--memory-budget",
                "600m");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile());
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        process.getOutputStream().close();
        ServedDashboard served = new ServedDashboard(folder, port, process, out);
        await("the link").atMost(TIMEOUT).until(() -> {
            if (!process.isAlive()) {
                throw new AssertionError("serve ended: " + served.said());
            }
            return LINK.matcher(served.said()).find();
        });
        return served;
    }

    /** Returns the link that it prints at a terminal: it opens the page with its reader signed in. */
    String link() {
        Matcher link = LINK.matcher(said());
        if (!link.find()) {
            throw new AssertionError("no link in: " + said());
        }
        try {
            return link.group() + "#token="
                    + Files.readString(folder.resolve("private/token")).strip();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns all that it printed so far. */
    String said() {
        try {
            return Files.readString(out);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Starts it again on the same port, over the same folders; it must have been closed. */
    ServedDashboard again() throws IOException {
        return start(folder, port);
    }

    /** Ends it as a shell's {@code kill} would, and waits until it is gone. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("serve did not end within a minute: " + said());
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}

package io.nbguard.jdbc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A PostgreSQL server of our own, on the loopback interface, with its data in a temporary folder. It refuses to run as
 * root, so there it runs as {@code postgres}, whom Debian's package makes.
 */
final class PostgresServer implements AutoCloseable {

    static final String USER = "nbguard";
    static final String PASSWORD = "t0p-secret";

    /** Below those that Linux chooses from for a program that asks for any (net.ipv4.ip_local_port_range). */
    private static final int LOWEST_PORT = 15_000;

    private static final int HIGHEST_PORT = 32_000;
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
    private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

    private final Path binaries;
    private final Path folder;
    private final Path data;
    private final int port;
    private final Thread lastResort = new Thread(this::stopAtOnce);
    private int databases;

    private PostgresServer(Path binaries) throws IOException {
        this.binaries = binaries;
        // Not below a folder of JUnit's: those only their owner may enter, and that is not the server's user.
        folder = Files.createTempDirectory("nbguard-postgres");
        data = folder.resolve("data");
        if (ROOT) {
            Files.setOwner(
                    folder,
                    folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postgres"));
        }
        port = freePort();
    }

    /** Returns one that the kernel gives to no program by itself: it is free again until the server takes it, and after each stop. */
    private static int freePort() throws IOException {
        for (int tries = 0; tries < 100; tries++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST_PORT, HIGHEST_PORT);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                continue;
            }
        }
        throw new IOException("no port is free from " + LOWEST_PORT + " to " + HIGHEST_PORT);
    }

    /** Returns where the server's programs are. */
    static Optional<Path> binaries() {
        if (!Files.isDirectory(DEBIAN)) {
            return Optional.empty();
        }
        try (Stream<Path> versions = Files.list(DEBIAN)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin ->
                            Files.isExecutable(bin.resolve("initdb")) && Files.isExecutable(bin.resolve("pg_ctl")))
                    .max(Comparator.comparing(Path::toString));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes and starts one. */
    static PostgresServer started() {
        try {
            PostgresServer server = new PostgresServer(binaries().orElseThrow());
            Path password = Files.writeString(server.folder.resolve("password"), PASSWORD);
            server.run(
                    "initdb",
                    "--pgdata=" + server.data,
                    "--username=" + USER,
                    "--pwfile=" + password,
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--no-sync");
            Runtime.getRuntime().addShutdownHook(server.lastResort);
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void start() throws IOException {
        run(
                "pg_ctl",
                "--pgdata=" + data,
                "--wait",
                "--timeout=120",
                "--log=" + folder.resolve("log"),
                "--options=-p " + port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off",
                "start");
    }

    void stop() throws IOException {
        run("pg_ctl", "--pgdata=" + data, "--wait", "--timeout=120", "--mode=fast", "stop");
    }

    private void stopAtOnce() {
        try {
            run("pg_ctl", "--pgdata=" + data, "--mode=immediate", "stop");
        } catch (IOException e) {
            // It was down already.
        }
    }

    String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    synchronized String newDatabase() {
        String name = "test" + ++databases;
        try (Connection connection = DriverManager.getConnection(url("postgres"), USER, PASSWORD);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
            return name;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void run(String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        if (ROOT) {
            command.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"));
        }
        command.add(binaries.resolve(program).toString());
        command.addAll(List.of(arguments));
        // To a file and not to a pipe: the server would keep the pipe open.
        Path output = folder.resolve(program + ".out");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            if (!process.waitFor(180, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(program + " takes longer than three minutes: " + Files.readString(output));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        if (process.exitValue() != 0) {
            Path log = folder.resolve("log");
            throw new IOException(program + " failed: " + Files.readString(output)
                    + (Files.isReadable(log) ? Files.readString(log) : ""));
        }
    }

    @Override
    public void close() throws IOException {
        stopAtOnce();
        Runtime.getRuntime().removeShutdownHook(lastResort);
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}

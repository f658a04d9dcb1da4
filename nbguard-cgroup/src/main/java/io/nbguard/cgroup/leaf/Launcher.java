package io.nbguard.cgroup.leaf;

import io.nbguard.spi.UnavailableException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A program of 600 bytes ({@code src/main/native}) that joins a cgroup and then becomes the command: memory is charged
 * where a process was when it touched it, so it must be inside before the command's first instruction. A shell could not
 * do this: it drops variables whose names it cannot spell, such as {@code a.b}, and sets some of its own.
 *
 * <p>Safe for use by any thread.
 */
final class Launcher implements AutoCloseable {

    /** What the program ends with if it could not join; nothing was started then. */
    static final int NOT_JOINED = 125;

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final int TRIES = 50;

    private final Path folder;
    private final Path program;

    private Launcher(Path folder, Path program) {
        this.folder = folder;
        this.program = program;
    }

    /** Returns why there is no launcher for this machine, for a person; null if there is one. */
    static @Nullable String problem() {
        return Launcher.class.getResource(resource()) != null
                ? null
                : "nbguard has no launcher for " + System.getProperty("os.arch") + " processors";
    }

    private static String resource() {
        return "launch-" + System.getProperty("os.arch", "?").toLowerCase(Locale.ROOT);
    }

    /**
     * Puts the program into a private temporary folder, and tries whether it can be run from there.
     *
     * @throws UnavailableException if not
     */
    static Launcher unpack() throws UnavailableException {
        String problem = problem();
        if (problem != null) {
            throw new UnavailableException(problem, "run on a machine with amd64 or aarch64 processors");
        }
        Path parent = Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
        try {
            Path folder = Files.createTempDirectory(
                    parent, "nbguard-launch-", PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            Launcher launcher = new Launcher(folder, folder.resolve("launch"));
            try {
                launcher.write();
                launcher.tryOut();
                return launcher;
            } catch (IOException e) {
                launcher.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UnavailableException(
                    "programs cannot be run from " + parent + " (" + e.getMessage() + ")",
                    "name a folder that is not mounted noexec: -Djava.io.tmpdir=FOLDER");
        }
    }

    private void write() throws IOException {
        try (InputStream in = Launcher.class.getResourceAsStream(resource())) {
            if (in == null) {
                throw new IOException("no resource " + resource());
            }
            Files.copy(in, program);
        }
        Files.setPosixFilePermissions(program, OWNER_ONLY);
    }

    private void tryOut() throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                Process process = new ProcessBuilder(program.toString()).start();
                if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != NOT_JOINED) {
                    process.destroyForcibly();
                    throw new IOException(program + " does not do what it should");
                }
                return;
            } catch (IOException e) {
                // A process that another thread is starting still has the file open for writing: "text file busy".
                if (attempt == TRIES) {
                    throw e;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }

    /**
     * Returns the command that joins a cgroup and becomes {@code command}.
     *
     * @param procs the cgroup's {@code cgroup.procs}
     * @param directory where the command begins; null for this process's own
     * @throws IOException if there is no such program, as {@link ProcessBuilder#start} does
     */
    List<String> command(Path procs, List<String> command, @Nullable File directory) throws IOException {
        if (command.isEmpty()) {
            throw new IndexOutOfBoundsException("the command is empty");
        }
        List<String> launched = new ArrayList<>(command.size() + 3);
        launched.add(program.toString());
        launched.add(procs.toString());
        launched.add(programOf(command.get(0), directory));
        launched.addAll(command);
        return launched;
    }

    /** The search path is this process's, as everywhere in Java, not that of the environment that the command gets. */
    private static String programOf(String name, @Nullable File directory) throws IOException {
        if (name.indexOf('/') >= 0) {
            if (isProgram(new File(name).isAbsolute() ? new File(name) : new File(directory, name))) {
                return name;
            }
            throw new IOException(
                    "Cannot run program \"" + name + "\": there is no such program, or it may not be run");
        }
        String path = System.getenv("PATH");
        for (String folder : (path == null ? "/usr/bin:/bin" : path).split(":", -1)) {
            File file = new File(folder.isEmpty() ? "." : folder, name);
            if (isProgram(file)) {
                return file.toString();
            }
        }
        throw new IOException("Cannot run program \"" + name + "\": there is no such program in PATH=" + path);
    }

    private static boolean isProgram(File file) {
        return file.isFile() && file.canExecute();
    }

    /** Removes the program; what it became runs on. */
    @Override
    public void close() {
        program.toFile().delete();
        folder.toFile().delete();
    }
}

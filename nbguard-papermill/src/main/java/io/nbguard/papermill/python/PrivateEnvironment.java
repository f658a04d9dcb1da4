package io.nbguard.papermill.python;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.papermill.launch.PythonCommand;
import io.nbguard.papermill.launch.Scripts;
import io.nbguard.spi.PluginConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The virtual environment that nbguard makes for itself from the hash-locked {@code requirements.txt} in this jar, once
 * per user and requirements. Never touches the user's Python.
 */
final class PrivateEnvironment {

    /** The oldest Python that the locked requirements support, as in 3.10. */
    static final int OLDEST_MINOR = 10;

    private static final String REQUIREMENTS = "requirements.txt";
    private static final String READY = "nbguard-ready";
    private static final List<String> COMMANDS =
            List.of("python3", "python3.13", "python3.12", "python3.11", "python3.10", "python");
    private static final int TELL_EVERY = 10;
    private static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path root;
    private final String prefix;
    private final Surroundings surroundings;

    PrivateEnvironment(PluginConfig configuration, Surroundings surroundings) {
        this.root = configuration
                .find(EnvironmentFolder.SETTING)
                .filter(path -> !path.toString().isBlank())
                .map(Path::toAbsolutePath)
                .orElseGet(() -> surroundings.cache().resolve("nbguard"));
        this.prefix = "python-" + requirementsHash();
        this.surroundings = surroundings;
    }

    /** Returns the folder that environments are made in. */
    Path root() {
        return root;
    }

    /** Returns the interpreter, if the environment is there; the newest Python's, if there are several. */
    Optional<Path> ready() {
        if (!Files.isDirectory(root)) {
            return Optional.empty();
        }
        try (Stream<Path> folders = Files.list(root)) {
            return folders.filter(folder -> folder.getFileName().toString().startsWith(prefix + "-"))
                    .filter(folder -> Files.isRegularFile(folder.resolve(READY)))
                    .sorted((one, other) -> Integer.compare(minor(other), minor(one)))
                    .map(PrivateEnvironment::interpreter)
                    // A link whose target went with an update of the system's Python is no interpreter any more.
                    .filter(Files::isExecutable)
                    .findFirst();
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    /**
     * Returns the interpreter, and makes the environment first if need be; takes a minute then.
     *
     * @param progress takes what is going on, on this thread
     * @throws GuardException {@code ENVIRONMENT} if it cannot be made; the message says what to do
     * @throws InterruptedException if this thread is interrupted; nothing half-made is left
     */
    Path prepare(Consumer<String> progress) throws InterruptedException {
        Optional<Path> ready = ready();
        if (ready.isPresent()) {
            return ready.get();
        }
        try {
            Files.createDirectories(root, PRIVATE);
        } catch (IOException e) {
            throw environment(
                    "the folder " + root + " for nbguard's Python environment cannot be made: " + e
                            + ". Choose another by the setting " + EnvironmentFolder.SETTING,
                    e);
        }
        Runnable waiting = () -> progress.accept("waiting for another nbguard that makes the Python environment");
        try {
            FolderLock lock = FolderLock.take(root.resolve(prefix + ".lock"), waiting);
            try {
                ready = ready();
                return ready.isPresent() ? ready.get() : make(progress);
            } finally {
                lock.close();
            }
        } catch (ClosedByInterruptException | FileLockInterruptionException e) {
            throw new InterruptedException("interrupted while making the Python environment");
        } catch (IOException e) {
            throw environment(
                    "nbguard's Python environment cannot be made in " + root + ": " + e
                            + ". Make room, or choose another folder by the setting " + EnvironmentFolder.SETTING,
                    e);
        }
    }

    /** Returns the name of the environment that is made with this Python. */
    String folderName(PythonProbe.Answer base) {
        return prefix + "-3." + base.minor();
    }

    private Path make(Consumer<String> progress) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        PythonProbe.Answer base = basePython();
        Path folder = root.resolve(folderName(base));
        // The lock makes both ours: what is there was left by a JVM that died.
        Path scratch = root.resolve("." + prefix + ".making");
        boolean made = false;
        try {
            delete(scratch);
            delete(folder);
            Files.createDirectory(scratch, PRIVATE);
            progress.accept("making a Python environment with papermill, once: " + folder);
            make(base.executable(), folder, scratch, progress);
            made = true;
        } finally {
            delete(scratch);
            if (!made) {
                delete(folder);
            }
        }
        progress.accept("the Python environment is ready, after " + (System.nanoTime() - begun) / 1_000_000_000 + " s");
        return interpreter(folder);
    }

    private void make(Path base, Path folder, Path scratch, Consumer<String> progress)
            throws IOException, InterruptedException {
        step("the venv module failed", base, List.of("-I", "-m", "venv", folder.toString()), scratch, line -> {});
        Path requirements = Scripts.write(PrivateEnvironment.class, REQUIREMENTS, scratch);
        List<String> install = List.of(
                "-m",
                "pip",
                "install",
                "--require-hashes",
                "--no-input",
                "--disable-pip-version-check",
                "--no-color",
                "--progress-bar=off",
                "--requirement=" + requirements);
        int[] packages = {0};
        step("pip could not install papermill", interpreter(folder), install, scratch, line -> {
            if (line.startsWith("Collecting ") && ++packages[0] % TELL_EVERY == 0) {
                progress.accept("fetched " + packages[0] + " packages");
            } else if (line.startsWith("Installing collected packages")) {
                progress.accept("installing " + packages[0] + " packages");
            }
        });
        // Also compiles what the first run would compile otherwise.
        List<String> tryOut = List.of("-I", "-c", "import papermill.cli, tqdm.auto, ipykernel.kernelapp, debugpy");
        step("what pip installed does not work", interpreter(folder), tryOut, scratch, line -> {});
        // Written last: an environment without it is half-made, and made again.
        Files.writeString(folder.resolve(READY), base + "\n");
    }

    private void step(String failure, Path interpreter, List<String> arguments, Path scratch, Consumer<String> line)
            throws IOException, InterruptedException {
        PythonCommand command = new PythonCommand(interpreter, arguments, environment(scratch), scratch);
        SetUpStep.Result result = SetUpStep.run(command, scratch, line);
        if (!result.success()) {
            throw environment(failure + ": " + SetUpTrouble.explain(result.lastLines(), root), null);
        }
    }

    /** The user's settings of pip count (an index, a proxy), but not those that lead it out of the environment. */
    private Map<String, String> environment(Path scratch) {
        Map<String, String> environment = new HashMap<>(surroundings.environment());
        environment
                .keySet()
                .removeAll(List.of(
                        "PYTHONHOME",
                        "PYTHONPATH",
                        "PYTHONDONTWRITEBYTECODE",
                        "VIRTUAL_ENV",
                        "__PYVENV_LAUNCHER__",
                        "PIP_TARGET",
                        "PIP_PREFIX",
                        "PIP_ROOT",
                        "PIP_REQUIREMENT",
                        "PIP_CONSTRAINT",
                        "PIP_DRY_RUN",
                        "PIP_PYTHON",
                        "PIP_LOG"));
        environment.put("PIP_USER", "0");
        environment.put("PYTHONNOUSERSITE", "1");
        environment.put("PYTHONUNBUFFERED", "1");
        environment.put("TMPDIR", scratch.toString());
        return environment;
    }

    /** Finds a Python to make the environment with. */
    private PythonProbe.Answer basePython() throws InterruptedException {
        List<String> refused = new ArrayList<>();
        for (String command : COMMANDS) {
            Optional<Path> found = surroundings.onPath(command);
            if (found.isEmpty()) {
                continue;
            }
            try {
                PythonProbe.Answer answer = PythonProbe.ask(found.get(), true);
                Optional<String> unfit = unfit(answer);
                if (unfit.isEmpty()) {
                    return answer;
                }
                refused.add(found.get() + " " + unfit.get());
            } catch (IOException e) {
                refused.add(found.get() + " " + e.getMessage());
            }
        }
        throw environment(noPython(refused), null);
    }

    /** Looks for a Python to make the environment with: the first fit one's description, or why there is none. */
    Readiness findBase() throws InterruptedException {
        try {
            PythonProbe.Answer base = basePython();
            return new Readiness(true, "Python " + base.version() + " (" + base.executable() + ")");
        } catch (GuardException none) {
            return new Readiness(false, String.valueOf(none.getMessage()));
        }
    }

    /** Whether the environment could be made, and from what, or why not. */
    record Readiness(boolean possible, String text) {}

    private static Optional<String> unfit(PythonProbe.Answer answer) {
        if (answer.minor() < OLDEST_MINOR) {
            return Optional.of("is version " + answer.version() + ", older than 3." + OLDEST_MINOR);
        }
        if (!answer.canMakeVenv()) {
            return Optional.of("lacks the venv module: install it, on Debian and Ubuntu with 'apt install python3."
                    + answer.minor() + "-venv'");
        }
        return Optional.empty();
    }

    private static String noPython(List<String> refused) {
        String cure = "Install Python 3." + OLDEST_MINOR + " or newer with its venv module (on Debian and Ubuntu: 'apt"
                + " install python3-venv'), or name a Python that has papermill by " + GivenPython.PYTHON + " or "
                + GivenPython.VARIABLE;
        return refused.isEmpty()
                ? "there is no python3 on the search path. " + cure
                : "no Python can make nbguard's environment: " + String.join("; ", refused) + ". " + cure;
    }

    private static Path interpreter(Path folder) {
        return folder.resolve("bin").resolve("python");
    }

    private static int minor(Path folder) {
        String name = folder.getFileName().toString();
        try {
            return Integer.parseInt(name.substring(name.lastIndexOf('.') + 1));
        } catch (NumberFormatException foreign) {
            return -1;
        }
    }

    private static String requirementsHash() {
        try (InputStream requirements = PrivateEnvironment.class.getResourceAsStream(REQUIREMENTS)) {
            if (requirements == null) {
                throw new IllegalStateException(REQUIREMENTS + " is missing from nbguard-papermill's jar");
            }
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(requirements.readAllBytes());
            return HexFormat.of().formatHex(hash, 0, 6);
        } catch (IOException | NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static GuardException environment(String message, @Nullable Throwable cause) {
        return new GuardException(ErrorCode.ENVIRONMENT, message, cause);
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}

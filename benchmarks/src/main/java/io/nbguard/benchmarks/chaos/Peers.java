package io.nbguard.benchmarks.chaos;

import io.nbguard.benchmarks.rig.Workshop;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * earlyoom, and lxcfs, which gives it the control group's view of the memory. Taken from the machine if they are installed,
 * else Debian's packages are unpacked into a folder of this bench: installing them would start earlyoom on the machine.
 *
 * @param earlyoom the program
 * @param lxcfs the program
 * @param libraries where lxcfs finds its own; empty for the system's
 */
record Peers(Path earlyoom, Path lxcfs, String libraries) {

    private static final Path FUSE = Path.of("/dev/fuse");
    private static final long TIMEOUT_SECONDS = 60;

    /**
     * Finds or fetches them.
     *
     * @param kept where unpacked packages are kept for the next time
     * @throws IOException if that cannot be done; the message says what to do
     */
    static Peers find(Path kept) throws IOException, InterruptedException {
        if (!Files.isWritable(FUSE)) {
            throw new IOException("earlyoom needs lxcfs for the control group's view, and that needs " + FUSE);
        }
        Optional<Path> earlyoom = Workshop.onPath("earlyoom");
        Optional<Path> lxcfs = Workshop.onPath("lxcfs");
        if (earlyoom.isPresent() && lxcfs.isPresent()) {
            return new Peers(earlyoom.get(), lxcfs.get(), "");
        }
        Path folder = Files.createDirectories(kept.toAbsolutePath().resolve("peers"));
        Path root = folder.resolve("root");
        if (!Files.exists(root.resolve("usr/bin/lxcfs"))) {
            unpack(folder);
        }
        return new Peers(root.resolve("usr/bin/earlyoom"), root.resolve("usr/bin/lxcfs"), librariesBelow(root));
    }

    private static void unpack(Path folder) throws IOException, InterruptedException {
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(
                        "sh",
                        "-euc",
                        "apt-get -q download earlyoom lxcfs libfuse3-3 && for package in *.deb; do dpkg-deb -x \"$package\" root; done")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("cannot fetch the Debian packages earlyoom, lxcfs and libfuse3-3; see " + log
                    + ", or install earlyoom and lxcfs yourself");
        }
    }

    private static String librariesBelow(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            List<String> folders = files.filter(
                            file -> file.getFileName().toString().matches("(libfuse3|liblxcfs)\\.so.*"))
                    .map(file -> Objects.requireNonNull(file.getParent()).toString())
                    .distinct()
                    .toList();
            return String.join(File.pathSeparator, folders);
        }
    }
}

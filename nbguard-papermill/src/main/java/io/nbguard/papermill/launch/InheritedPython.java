package io.nbguard.papermill.launch;

import io.nbguard.spi.process.ProcessIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A command that another JVM has started, and that has outlived it, perhaps until its own end: no child of this one. */
final class InheritedPython extends Supervised {

    private static final long PAUSE_MILLIS = 100;

    private final SupervisorFiles files;
    private final Optional<ProcessIdentity> supervisor;
    private final boolean hadEnded;
    private final Optional<StandStill> standStill;

    /**
     * Takes it up.
     *
     * @param supervisor the process, if it lives
     */
    InheritedPython(SupervisorFiles files, Optional<ProcessIdentity> supervisor, Runnable stopped) {
        this.files = files;
        this.supervisor = supervisor;
        standStill = supervisor.map(process -> new StandStill(process.pid(), stopped));
        hadEnded = hasEnded();
    }

    @Override
    public InputStream output() throws IOException {
        return new GrowingFile(files.console(), this::hasEnded);
    }

    /** The report alone is no end: the command may have written it. The supervisor writes it last. */
    private boolean hasEnded() {
        return supervisor.filter(InheritedPython::lives).isEmpty();
    }

    /** A zombie does not live, and neither does another process that has got the same id. */
    private static boolean lives(ProcessIdentity process) {
        try {
            String stat = Files.readString(
                    Path.of("/proc", Long.toString(process.pid()), "stat"), StandardCharsets.ISO_8859_1);
            // The name before it may hold anything, but ends at the last parenthesis.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
            return !fields[0].equals("Z")
                    && !fields[0].equals("X")
                    && Long.parseLong(fields[19]) == process.startTicks();
        } catch (IOException | RuntimeException gone) {
            return false;
        }
    }

    @Override
    void send(String word) {
        // Open for both: opening a named pipe for one direction waits until the other end is open.
        try (FileChannel control = FileChannel.open(
                files.control(), StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            control.write(ByteBuffer.wrap((word + "\n").getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException ended) {
            // The supervisor has gone, and with it everything that the word was for.
        }
    }

    @Override
    public boolean await(Duration longest) throws InterruptedException {
        return await(longest.toNanos());
    }

    private boolean await(long longestNanos) throws InterruptedException {
        long begin = System.nanoTime();
        while (!hasEnded()) {
            if (System.nanoTime() - begin >= longestNanos) {
                return false;
            }
            Thread.sleep(PAUSE_MILLIS);
        }
        return true;
    }

    @Override
    public PythonEnd await() throws InterruptedException {
        while (!await(TimeUnit.MILLISECONDS.toNanos(StandStill.PAUSE_MILLIS))) {
            standStill.ifPresent(StandStill::look);
        }
        return files.end("its supervisor has gone and left no report");
    }

    @Override
    public Optional<Instant> endedAt() {
        return hadEnded ? files.reportedAt() : Optional.empty();
    }

    /**
     * Takes up what was started with {@code folder} as its private folder.
     *
     * @throws IOException if nothing was started there that outlives its host
     */
    static InheritedPython in(Path folder, Optional<ProcessIdentity> supervisor, Runnable stopped) throws IOException {
        SupervisorFiles files = SupervisorFiles.in(folder);
        if (!Files.isRegularFile(files.console(), LinkOption.NOFOLLOW_LINKS)) {
            throw new NoSuchFileException(files.console().toString());
        }
        return new InheritedPython(files, supervisor, stopped);
    }
}

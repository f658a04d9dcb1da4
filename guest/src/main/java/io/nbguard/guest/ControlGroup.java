package io.nbguard.guest;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A control group of the kernel's (cgroup v1), made for a test and removed by {@link #close}. */
public final class ControlGroup implements AutoCloseable {

    private static final Path HIERARCHIES = Path.of("/sys/fs/cgroup");
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final Path folder;

    private ControlGroup(Path folder) {
        this.folder = folder;
    }

    /**
     * Makes a group; skips the test where that is not possible.
     *
     * @param controller such as {@code memory}
     */
    public static ControlGroup create(String controller) {
        Path top = HIERARCHIES.resolve(controller);
        assumeTrue(
                Files.exists(top.resolve("cgroup.procs")) && Files.isWritable(top),
                "needs a cgroup v1 hierarchy with groups to be made in " + top);
        try {
            return new ControlGroup(Files.createDirectory(
                    top.resolve("nbguard-test-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a command that joins the group and then becomes {@code command}: all that it ever does is accounted here. */
    public List<String> joinedBy(List<String> command) {
        List<String> joining = new ArrayList<>(List.of(
                "sh",
                "-c",
                "echo $$ > \"$0\" && exec \"$@\"",
                folder.resolve("cgroup.procs").toString()));
        joining.addAll(command);
        return joining;
    }

    public void write(String file, long value) {
        try {
            Files.writeString(folder.resolve(file), Long.toString(value));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public long read(String file) {
        return Long.parseLong(text(file).strip());
    }

    /** Reads the number after {@code key} in a file with one pair a line. */
    public long read(String file, String key) {
        return text(file)
                .lines()
                .filter(line -> line.startsWith(key + " "))
                .mapToLong(line -> Long.parseLong(line.substring(key.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + key + " in " + folder.resolve(file)));
    }

    private String text(String file) {
        try {
            return Files.readString(folder.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends what is left in the group, which only this test has filled, and removes it. */
    @Override
    public void close() {
        text("cgroup.procs").lines().map(Long::valueOf).forEach(pid -> ProcessHandle.of(pid)
                .ifPresent(ProcessHandle::destroyForcibly));
        // A group counts as busy for a moment after its last process has died.
        await().atMost(TIMEOUT).ignoreExceptions().until(() -> Files.deleteIfExists(folder));
    }
}

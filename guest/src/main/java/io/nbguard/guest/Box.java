package io.nbguard.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A cgroup v2 of the guest's, made for a test: what a container engine makes for a container. It stands beside the box in
 * which the tests themselves run, so that nothing which happens in it reaches them. {@link #close} ends all that lives in
 * it and removes it, with the groups that were made below it.
 *
 * <p>Every operation throws {@link UncheckedIOException} when the kernel refuses it.
 */
public final class Box implements AutoCloseable {

    private static final Path TOP = Path.of("/sys/fs/cgroup");
    private static final long TIMEOUT_SECONDS = 60;
    private static final AtomicInteger COUNT = new AtomicInteger();

    /** The shell that joins is the process that becomes the command, so all that this ever allocates is charged here. */
    private static final String JOIN = "echo 0 >\"$0\" && exec ";

    private final Path folder;

    private Box(Path folder) {
        this.folder = folder;
    }

    /** Makes one without any limit. */
    public static Box create() {
        try {
            return new Box(Files.createDirectory(
                    TOP.resolve("test-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes one whose {@code memory.max} is this. */
    public static Box limitedTo(long bytes) {
        return create().set("memory.max", Long.toString(bytes));
    }

    /** Returns its folder in the cgroup file system. */
    public Path folder() {
        return folder;
    }

    /** Writes one of the kernel's files, such as {@code set("pids.max", "50")} or {@code set("cpu.max", "50000 100000")}. */
    public Box set(String file, String value) {
        try {
            Files.writeString(folder.resolve(file), value);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write '" + value + "' to " + folder.resolve(file), e);
        }
    }

    /** Reads one of the kernel's files, without the line's end; also below, as in {@code leaf/memory.current}. */
    public String text(String file) {
        try {
            return Files.readString(folder.resolve(file)).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads a file of one number, such as {@code memory.peak}; {@code max} is {@link Long#MAX_VALUE}. */
    public long number(String file) {
        String text = text(file);
        return text.equals("max") ? Long.MAX_VALUE : Long.parseLong(text);
    }

    /** Reads the number after {@code key} in a file with one pair a line, such as {@code memory.events}. */
    public long number(String file, String key) {
        return text(file)
                .lines()
                .filter(line -> line.startsWith(key + " "))
                .mapToLong(line -> Long.parseLong(line.substring(key.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no " + key + " in " + folder.resolve(file)));
    }

    /** Returns how many processes the kernel's OOM killer has ended in it and below. */
    public long oomKills() {
        return number("memory.events", "oom_kill");
    }

    /** Returns a command that joins the box and then becomes {@code command}; it sees the whole machine. */
    public List<String> joinedBy(List<String> command) {
        return shell(List.of(), JOIN + "\"$@\"", command);
    }

    /**
     * Returns a command that starts {@code command} as a container engine would: the box is the root of its cgroup
     * namespace and is mounted at {@code /sys/fs/cgroup}, to be written, and it is the first process of its own PID
     * namespace. Files and the network are the guest's. The process that Java knows stands outside and passes on how the
     * command ended; when it is killed, so is all that is inside.
     */
    public List<String> containing(List<String> command) {
        return container("rw", command);
    }

    /** The same with {@code /sys/fs/cgroup} mounted read-only, as container engines do by default. */
    public List<String> containingReadOnly(List<String> command) {
        return container("ro", command);
    }

    private List<String> container(String access, List<String> command) {
        // The kernel refuses a second mount of this file system on itself.
        String remount = "umount " + TOP + " && mount -t cgroup2 cgroup2 " + TOP + " && mount -o remount,bind," + access
                + " " + TOP + " && exec \"$@\"";
        return shell(
                List.of("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"),
                JOIN + "unshare --cgroup sh -c '" + remount + "' sh \"$@\"",
                command);
    }

    private List<String> shell(List<String> before, String script, List<String> command) {
        List<String> whole = new ArrayList<>(before);
        whole.addAll(List.of("sh", "-c", script, folder.resolve("cgroup.procs").toString()));
        whole.addAll(command);
        return whole;
    }

    /** Starts a command {@linkplain #joinedBy joined} to the box; what it says on its standard error shows in the console. */
    public Process start(String... command) {
        return start(joinedBy(List.of(command)));
    }

    /** Starts a command that one of the methods above has returned. */
    public static Process start(List<String> command) {
        try {
            return new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the command that runs a program of the tests' class path in a small JVM of its own. */
    public static List<String> java(Class<?> program, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-Djna.nosys=true",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /**
     * Ends what lives in it, and removes it and the groups below it.
     *
     * @throws IllegalStateException if something in it cannot be ended
     */
    @Override
    public void close() {
        if (!Files.exists(folder)) {
            return;
        }
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        try {
            while (number("cgroup.events", "populated") != 0) {
                // Again and again: a command that was started a moment ago may join after the first time.
                set("cgroup.kill", "1");
                if (System.nanoTime() - until > 0) {
                    throw new IllegalStateException(folder + " still has processes: "
                            + text("cgroup.procs").replace('\n', ' '));
                }
                Thread.sleep(5);
            }
            remove();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + folder + " was being emptied", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void remove() throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                return gone(failure);
            }

            @Override
            public FileVisitResult postVisitDirectory(Path group, @Nullable IOException failure) throws IOException {
                Files.deleteIfExists(group);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path kernelFile, BasicFileAttributes attributes) {
                return FileVisitResult.CONTINUE;
            }

            private FileVisitResult gone(IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }
        });
    }
}

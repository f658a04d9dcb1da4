package io.nbguard.cgroup.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.resource.Allocation;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.process.GroupUsage;
import io.nbguard.spi.process.ProcessGroup;
import io.nbguard.spi.process.SampleDepth;
import io.nbguard.spi.process.TrackerSession;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;

/** A tracker with real processes, for tests: ticks until something holds, and leaves nothing behind. */
final class Tracked implements AutoCloseable {

    /** Makes the calling process a subreaper, as the launcher of the papermill executor does. */
    static final String SUBREAPER = """
            import ctypes, os, signal, sys, threading, time
            assert ctypes.CDLL(None).prctl(36, 1, 0, 0, 0) == 0
            def say(*words):
                os.write(1, (' '.join(str(word) for word in words) + '\\n').encode())
            """;

    /** Imports, and defines {@code say(...)}: prints a line by one call, so that lines of several processes do not mix. */
    static final String PLAIN = """
            import os, signal, sys, threading, time
            def say(*words):
                os.write(1, (' '.join(str(word) for word in words) + '\\n').encode())
            """;

    /** Defines {@code daemon(run)}: a double fork with setsid; {@code run} is called in the grandchild. */
    static final String DAEMON = """
            def daemon(run, linger=0.0):
                child = os.fork()
                if child == 0:
                    os.setsid()
                    if os.fork() == 0:
                        run()
                        os._exit(0)
                    time.sleep(linger)
                    os._exit(0)
                os.waitpid(child, 0)
            """;

    private static final long TIMEOUT = 30_000_000_000L;

    final TrackerSession session;
    private final Path errors;
    private final List<ProcessGroup> groups = new ArrayList<>();
    private final List<Process> started = new ArrayList<>();

    Tracked(PluginConfig configuration) throws Exception {
        this(new ProcTracker().open(configuration));
    }

    Tracked(TrackerSession session) throws Exception {
        this.session = session;
        errors = Files.createTempFile("nbguard-tracked-", ".txt");
    }

    ProcessGroup group() {
        ProcessGroup group = session.create(ExecutionId.random(), Allocation.NONE);
        groups.add(group);
        return group;
    }

    ProcessGroup attach(io.nbguard.spi.process.ProcessIdentity root) throws Exception {
        ProcessGroup group = session.attach(ExecutionId.random(), root);
        groups.add(group);
        return group;
    }

    /** Starts a Python program in a group. */
    Process python(ProcessGroup group, String program) throws IOException {
        return start(group, "python3", "-W", "ignore", "-c", program);
    }

    Process start(ProcessGroup group, String... command) throws IOException {
        // A file, because a process that inherits a pipe keeps its reader waiting.
        Process process = group.start(new ProcessBuilder(command).redirectError(errors.toFile()));
        started.add(process);
        return process;
    }

    /** Starts a process that is in no group. */
    Process unrelated(String... command) throws IOException {
        Process process = new ProcessBuilder(command).start();
        started.add(process);
        return process;
    }

    /** Returns the next line that a process prints. */
    static String line(Process process) throws IOException {
        // Byte by byte: what comes after the line is for the next call.
        StringBuilder text = new StringBuilder();
        int next;
        while ((next = process.getInputStream().read()) >= 0 && next != '\n') {
            text.append((char) next);
        }
        if (next < 0 && text.isEmpty()) {
            throw new IOException("the process ended without a word");
        }
        return text.toString();
    }

    /** Lets a process that waits for input go on. */
    static void release(Process process) throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    static String restOf(Process process) throws IOException {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            return String.join("\n", reader.lines().toList());
        }
    }

    void tick() {
        session.sample(SampleDepth.USAGE);
    }

    void fullTick() {
        session.sample(SampleDepth.FULL);
    }

    /** Samples until {@code condition} holds. */
    void until(String what, BooleanSupplier condition) throws InterruptedException {
        long begin = System.nanoTime();
        do {
            tick();
            if (condition.getAsBoolean()) {
                return;
            }
            Thread.sleep(5);
        } while (System.nanoTime() - begin < TIMEOUT);
        throw new AssertionError("waited in vain for: " + what + "; members: "
                + groups.stream().map(Tracked::describe).toList() + errorText());
    }

    private String errorText() {
        try {
            return "; errors: " + Files.readString(errors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits, without sampling, until {@code condition} holds. */
    static void waitFor(String what, Callable<Boolean> condition) throws Exception {
        long begin = System.nanoTime();
        while (!condition.call()) {
            if (System.nanoTime() - begin > TIMEOUT) {
                throw new AssertionError("waited in vain for: " + what);
            }
            Thread.sleep(2);
        }
    }

    static String describe(ProcessGroup group) {
        StringBuilder text = new StringBuilder();
        GroupUsage usage = group.usage();
        for (int i = 0; i < usage.count(); i++) {
            text.append(usage.pid(i))
                    .append(' ')
                    .append(usage.command(i))
                    .append(' ')
                    .append(usage.state(i))
                    .append("; ");
        }
        return text.toString();
    }

    static List<Long> pids(ProcessGroup group) {
        GroupUsage usage = group.usage();
        return LongStream.range(0, usage.count())
                .mapToObj(i -> usage.pid((int) i))
                .toList();
    }

    /** Returns the row of {@code pid}. */
    static int row(ProcessGroup group, long pid) {
        int row = pids(group).indexOf(pid);
        if (row < 0) {
            throw new AssertionError(pid + " is no living member: " + describe(group));
        }
        return row;
    }

    /** Returns field {@code number} of a stat line, counted from 1 as in the manual; for names without spaces. */
    static long field(long pid, int number) throws IOException {
        return Long.parseLong(
                Files.readString(Path.of("/proc", Long.toString(pid), "stat")).split(" ")[number - 1]);
    }

    /** Returns whether a process runs or could. */
    static boolean lives(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            char state = stat.charAt(stat.lastIndexOf(')') + 2);
            return state != 'Z' && state != 'X';
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns how many open descriptors of this process lead to {@code /proc/PID} of a member. */
    static long descriptorsOf(List<Long> pids) {
        try (var links = Files.list(Path.of("/proc/self/fd"))) {
            return links.filter(link -> {
                        try {
                            String target = Files.readSymbolicLink(link).toString();
                            return pids.stream().anyMatch(pid -> target.startsWith("/proc/" + pid + "/"));
                        } catch (IOException e) {
                            return false;
                        }
                    })
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws Exception {
        for (ProcessGroup group : groups) {
            assertThat(group.killAndConfirm(Duration.ZERO, Duration.ofSeconds(20)))
                    .as("all dead: %s", describe(group))
                    .isTrue();
        }
        session.close();
        for (Process process : started) {
            process.destroyForcibly();
        }
        Files.deleteIfExists(errors);
    }
}

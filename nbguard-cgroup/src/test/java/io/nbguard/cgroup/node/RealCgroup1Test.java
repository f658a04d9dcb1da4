package io.nbguard.cgroup.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.probe.Gauge;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The kernel's own cgroup v1 memory controller: a program runs in a group made for it, below one with a real limit, and
 * tells what it reads there.
 */
@Tag("slow")
@Timeout(120)
class RealCgroup1Test {

    private static final long MIB = 1 << 20;
    private static final long LIMIT = 512 * MIB;

    private final List<Process> started = new ArrayList<>();
    private final List<Path> files = new ArrayList<>();
    private Path limited;
    private Path inner;
    private Process reporter;
    private BufferedReader answers;
    private Writer commands;

    @BeforeEach
    void startInAGroupOfItsOwn() throws Exception {
        Path top = memoryHierarchy();
        limited = top.resolve("nbguard-test-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
        inner = limited.resolve("inner group");
        Files.createDirectory(limited);
        Files.writeString(limited.resolve("memory.limit_in_bytes"), Long.toString(LIMIT));
        Files.createDirectory(inner);
        reporter = startInside(
                "exec \"$@\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                "-XX:+UseSerialGC",
                "-XX:MaxDirectMemorySize=1g",
                "-cp",
                System.getProperty("java.class.path"),
                ProbeReporter.class.getName(),
                "1");
        answers = reporter.inputReader();
        commands = reporter.outputWriter();
    }

    private static Path memoryHierarchy() {
        try {
            Path top = Lineage.legacy(Path.of("/"), "memory").top();
            assumeTrue(Files.isWritable(top), "needs to make cgroups in " + top);
            return top;
        } catch (UnavailableException e) {
            assumeTrue(false, "needs a cgroup v1 memory controller: " + e.getMessage());
            throw new AssertionError(e);
        }
    }

    private Process startInside(String script, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "sh",
                "-c",
                "echo $$ > \"$0\" && " + script,
                inner.resolve("cgroup.procs").toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        started.add(process);
        return process;
    }

    @AfterEach
    void leaveNothingBehind() throws Exception {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
        if (inner != null) {
            removeGroup(inner);
            removeGroup(limited);
        }
    }

    /** A group counts as busy for a moment after its last process has died. */
    private static void removeGroup(Path group) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (Files.exists(group)) {
            try {
                Files.delete(group);
            } catch (IOException e) {
                if (System.nanoTime() - until > 0) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
    }

    private Map<String, String> ask(String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
        Map<String, String> answer = new HashMap<>();
        for (String line = answers.readLine(); !"end".equals(line); line = answers.readLine()) {
            assertThat(line).as("the reporter ended early").isNotNull();
            String[] pair = line.split("=", 2);
            answer.put(pair[0], pair[1]);
        }
        return answer;
    }

    private long read(Gauge gauge) throws IOException {
        return Long.parseLong(ask("sample").get(gauge.name()));
    }

    @Test
    void theLimitOfTheGroupAboveIsFoundAndItsChangeNoticed() throws Exception {
        assertThat(read(Gauge.MEMORY_LIMIT)).isEqualTo(LIMIT);
        assertThat(ask("sample").get("description"))
                .isEqualTo("cgroup v1 at " + inner + " (limit 512.0 MiB set at " + limited + ")");

        Files.writeString(limited.resolve("memory.limit_in_bytes"), Long.toString(2 * LIMIT));
        assertThat(read(Gauge.MEMORY_LIMIT)).isEqualTo(2 * LIMIT);

        Files.writeString(inner.resolve("memory.limit_in_bytes"), Long.toString(LIMIT / 2));
        assertThat(read(Gauge.MEMORY_LIMIT)).isEqualTo(LIMIT / 2);

        Files.writeString(inner.resolve("memory.limit_in_bytes"), "-1");
        Files.writeString(limited.resolve("memory.limit_in_bytes"), "-1");
        assertThat(ask("sample")).containsEntry("MEMORY_LIMIT", "unlimited");
    }

    @Test
    void touchedMemoryIsUsedAndNoCache() throws Exception {
        long used = read(Gauge.MEMORY_CURRENT);
        long cache = read(Gauge.MEMORY_FILE_CACHE);

        ask("touch 200");

        assertThat(read(Gauge.MEMORY_CURRENT) - used).isBetween(190 * MIB, 250 * MIB);
        assertThat(read(Gauge.MEMORY_FILE_CACHE) - cache).isLessThan(50 * MIB);
    }

    @Test
    void writtenFilesAreUsedButFileCache() throws Exception {
        Path file = Files.createTempFile(Path.of("").toAbsolutePath(), "cache", ".tmp");
        files.add(file);
        assumeTrue(!Files.getFileStore(file).type().equals("tmpfs"), "needs a file system with a page cache on disk");
        long used = read(Gauge.MEMORY_CURRENT);
        long cache = read(Gauge.MEMORY_FILE_CACHE);

        ask("cache " + file + " 200");

        assertThat(read(Gauge.MEMORY_CURRENT) - used).isBetween(190 * MIB, 250 * MIB);
        assertThat(read(Gauge.MEMORY_FILE_CACHE) - cache).isBetween(190 * MIB, 250 * MIB);
    }

    @Test
    void aKillByTheKernelIsCounted() throws Exception {
        long before = read(Gauge.MEMORY_OOM_KILLS);

        Process hog = startInside("echo 1000 > /proc/self/oom_score_adj && exec tail /dev/zero");

        assertThat(hog.waitFor()).isEqualTo(128 + 9);
        assertThat(read(Gauge.MEMORY_OOM_KILLS)).isEqualTo(before + 1);
    }

    @Test
    void theKernelsFilesAreReadWithoutAllocating() throws Exception {
        assertThat(Long.parseLong(ask("allocated").get("allocated"))).isLessThan(10_000);
    }
}

package io.nbguard.cgroup.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ids that are given out again and again: only members are ever signalled or measured. */
@Tag("slow")
class PidReuseTest {

    private static final int IDS = 700;
    private static final int REUSES = 10_000;
    private static final int SECONDS = 200;

    @TempDir
    Path folder;

    @Test
    @Timeout(300)
    void noOtherProcessIsHarmedHoweverOftenIdsAreReused() throws Exception {
        assumeTrue(
                hasLimitOfItsOwn(),
                "needs root, unshare, and a kernel whose PID namespaces have a pid_max each (6.14)");

        assertNoOtherProcessIsHarmed(compiled(folder).toString());
    }

    /** Runs {@link PidReuseProgram} in a PID namespace, where {@code pid_max} may be set. */
    static void assertNoOtherProcessIsHarmed(String forkers) throws IOException {
        PidReuseProgram.Result result = inANamespaceOfItsOwn(forkers);

        System.out.println("PID reuse: " + result);
        assertThat(result.reuses()).isGreaterThanOrEqualTo(REUSES);
        assertThat(result.harmed()).isZero();
        assertThat(result.kills()).isPositive();
        assertThat(result.freezes()).isPositive();
        assertThat(result.passedOn()).isPositive();
    }

    private static boolean hasLimitOfItsOwn() throws IOException {
        String[] release = System.getProperty("os.version").split("[^0-9]+");
        int version = Integer.parseInt(release[0]) * 1000 + Integer.parseInt(release[1]);
        return version >= 6014 && outputOf(namespace(List.of("echo", "here"))).equals(List.of("here"));
    }

    private static Path compiled(Path folder) throws Exception {
        Path program = folder.resolve("forkers");
        Process compiler;
        try {
            compiler = new ProcessBuilder("cc", "-O2", "-o", program.toString(), "src/test/c/forkers.c")
                    .inheritIO()
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "needs a C compiler (Debian: gcc)");
            throw e;
        }
        assertThat(compiler.waitFor()).isZero();
        return program;
    }

    /** Returns a command that runs as the second process of a PID namespace, below a shell that reaps orphans. */
    private static List<String> namespace(List<String> command) {
        List<String> line = new ArrayList<>(List.of(
                "unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", "\"$@\"; exit $?", "sh"));
        line.addAll(command);
        return line;
    }

    private static PidReuseProgram.Result inANamespaceOfItsOwn(String forkers) throws IOException {
        List<String> output = outputOf(namespace(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-Djna.nosys=true",
                // Of a JVM that crashes, the test tells why.
                "-XX:+ErrorFileToStdout",
                "-cp",
                System.getProperty("java.class.path"),
                PidReuseProgram.class.getName(),
                forkers,
                Integer.toString(IDS),
                Integer.toString(REUSES),
                Integer.toString(SECONDS))));
        return PidReuseProgram.Result.of(output);
    }

    private static List<String> outputOf(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            return Tracked.restOf(process).lines().toList();
        } finally {
            process.destroyForcibly();
        }
    }
}

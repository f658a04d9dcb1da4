package io.nbguard.cgroup.leaf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.spi.UnavailableException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Any file will do to be written to in the place of a {@code cgroup.procs}. */
@EnabledOnOs(OS.LINUX)
class LauncherTest {

    @TempDir
    Path folder;

    private Launcher launcher;
    private Path procs;

    @BeforeEach
    void unpack() throws UnavailableException, IOException {
        launcher = Launcher.unpack();
        procs = Files.createFile(folder.resolve("cgroup.procs"));
    }

    @AfterEach
    void remove() {
        launcher.close();
    }

    private ProcessBuilder launching(String... command) throws IOException {
        return new ProcessBuilder(launcher.command(procs, List.of(command), null));
    }

    /** Runs a command to its end and returns what it wrote. */
    private static String output(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    @Test
    void itJoinsAndThenBecomesTheCommand() throws IOException, InterruptedException {
        ProcessBuilder builder = launching("sh", "-c", "echo $$; cat /proc/self/oom_score_adj");

        Process process = builder.start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                .lines()
                .toList();

        assertThat(process.waitFor()).isZero();
        assertThat(procs).hasContent("0");
        assertThat(lines).containsExactly(Long.toString(process.pid()), "1000");
    }

    @Test
    void theEnvironmentStaysAsItIsByteForByte() throws IOException, InterruptedException {
        ProcessBuilder plain = new ProcessBuilder("env", "-0");
        ProcessBuilder launched = launching("env", "-0");
        for (ProcessBuilder builder : List.of(plain, launched)) {
            Map<String, String> environment = builder.environment();
            environment.put("a.b", "dash drops this");
            environment.put("1st", "no name for a shell");
            environment.put("PWD", "/not/where/it/is");
            environment.put("IFS", ":");
            environment.put("EMPTY", "");
            environment.put("LINES_OF", "one\ntwo=\"$(false)\"\t\\");
            environment.put("OHM", "Ω€\u0001");
        }
        byte[] expected = output(plain).getBytes(StandardCharsets.ISO_8859_1);

        assertThat(output(launched).getBytes(StandardCharsets.ISO_8859_1)).isEqualTo(expected);
        assertThat(new String(expected, StandardCharsets.ISO_8859_1)).contains("a.b=dash drops this\0");
    }

    @Test
    void argumentsStayAsTheyAreByteForByteAndTheFirstIsTheNameThatWasGiven() throws IOException, InterruptedException {
        String[] command = {"cat", "/proc/self/cmdline", "", "a b", "$(x)", "*", "n\n", "ö€"};

        // cat complains of what is no file, and prints what is one.
        Process process = launching(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        byte[] seen = process.getInputStream().readAllBytes();
        Process plain = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();

        assertThat(seen).isNotEmpty().isEqualTo(plain.getInputStream().readAllBytes());
        assertThat(Arrays.copyOf(seen, 4)).isEqualTo(new byte[] {'c', 'a', 't', 0});
    }

    @Test
    void descriptorsAndFolderAreThoseThatAPlainStartGives() throws IOException, InterruptedException {
        String script = "ls /proc/$$/fd; pwd; ulimit -n; umask";
        ProcessBuilder plain = new ProcessBuilder("sh", "-c", script).directory(folder.toFile());
        ProcessBuilder launched = launching("sh", "-c", script).directory(folder.toFile());

        assertThat(output(launched)).isEqualTo(output(plain)).contains(folder.toString());
    }

    @Test
    void nothingRunsIfItCannotJoin() throws IOException, InterruptedException {
        Path trace = folder.resolve("trace");
        List<String> command =
                launcher.command(folder.resolve("gone/cgroup.procs"), List.of("touch", trace.toString()), null);

        assertThat(new ProcessBuilder(command).start().waitFor()).isEqualTo(Launcher.NOT_JOINED);
        assertThat(trace).doesNotExist();
    }

    @Test
    void nothingRunsIfTheKernelRefusesTheJoin() throws IOException, InterruptedException {
        Path trace = folder.resolve("trace");
        // Takes no write, like a cgroup that has been divided.
        List<String> command = launcher.command(Path.of("/dev/full"), List.of("touch", trace.toString()), null);

        assertThat(new ProcessBuilder(command).start().waitFor()).isEqualTo(Launcher.NOT_JOINED);
        assertThat(trace).doesNotExist();
    }

    @Test
    void aProgramThatIsNotThereIsToldBeforeAnythingStarts() throws IOException {
        Path notExecutable = Files.createFile(folder.resolve("text"));

        for (String name : List.of("nbguard-no-such-program", "/no/such/program", "./none", notExecutable.toString())) {
            assertThatThrownBy(() -> launcher.command(procs, List.of(name), folder.toFile()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(name);
        }
        assertThatThrownBy(() -> launcher.command(procs, List.of(), null))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aProgramIsFoundWhereTheCommandBegins() throws IOException, InterruptedException {
        Path script = Files.writeString(folder.resolve("script"), "#!/bin/sh\necho here\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        File directory = folder.toFile();

        ProcessBuilder builder = new ProcessBuilder(launcher.command(procs, List.of("./script"), directory));

        assertThat(output(builder.directory(directory))).isEqualTo("here\n");
    }

    @Test
    void nothingIsLeftOfItWhenItIsClosed() throws IOException {
        Path program = Path.of(launcher.command(procs, List.of("true"), null).get(0));
        assertThat(program).exists();

        launcher.close();

        assertThat(program.getParent()).doesNotExist();
    }
}

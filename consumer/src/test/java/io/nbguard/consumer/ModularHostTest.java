package io.nbguard.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A host that is a Java module: it compiles, runs from jars, and becomes part of an image. */
@Timeout(600)
class ModularHostTest {

    private static final String[] NEEDED = {
        "nbguard-api", "nbguard-core", "nbguard-cgroup", "nbguard-papermill", "slf4j-api", "jna", "jackson-core"
    };
    private static final String HOST = "org.example.host/org.example.host.Host";

    @TempDir
    Path folder;

    private final Path javaHome = Path.of(System.getProperty("java.home"));
    private Path classes;
    private Path scripts;

    @BeforeEach
    void compile() throws Exception {
        classes = folder.resolve("classes");
        scripts = Files.createDirectory(folder.resolve("scripts"));
        Files.writeString(scripts.resolve("job.sh"), "echo it ran\n");
        List<String> command = new ArrayList<>(List.of(
                tool("javac"),
                "--release",
                "17",
                "-Xlint:all",
                "-Werror",
                "-d",
                classes.toString(),
                "-p",
                Jars.path("nbguard-api", "nbguard-core", "slf4j-api")));
        try (Stream<Path> sources = Files.walk(Path.of("src", "test", "host"))) {
            sources.filter(file -> file.toString().endsWith(".java")).forEach(file -> command.add(file.toString()));
        }
        Program.run(folder, command).orFail();
    }

    @Test
    void runsFromJarsAndIsMeasured() throws Exception {
        Program host = Program.run(
                        folder,
                        List.of(
                                tool("java"),
                                "-Xmx64m",
                                "--enable-native-access=com.sun.jna",
                                "-p",
                                classes + File.pathSeparator + Jars.path(NEEDED),
                                "--add-modules",
                                "io.nbguard.cgroup,io.nbguard.papermill",
                                "-m",
                                HOST,
                                scripts.toString(),
                                "job.sh"))
                .orFail();

        assertThat(host.out()).contains("listed=[job.sh]", "state=COMPLETED", "memory=Value[", "by JNA");
        assertThat(host.out()).containsPattern("output=job_exec_\\d{8}T\\d{6}Z_[a-z0-9]{8}\\.log");
        try (Stream<Path> outputs = Files.list(scripts.resolve("outputs"))) {
            assertThat(outputs).singleElement().satisfies(file -> assertThat(file).hasContent("it ran"));
        }
    }

    @Test
    void becomesAnImageThatNeedsNoJava() throws Exception {
        Path image = folder.resolve("image");
        Program.run(
                        folder,
                        List.of(
                                tool("jlink"),
                                "-p",
                                classes + File.pathSeparator + Jars.path(NEEDED),
                                "--add-modules",
                                "org.example.host,io.nbguard.cgroup,io.nbguard.papermill",
                                "--strip-debug",
                                "--output",
                                image.toString()))
                .orFail();

        Program host = Program.run(
                        folder,
                        List.of(
                                image.resolve("bin/java").toString(),
                                "-Xmx64m",
                                "-m",
                                HOST,
                                scripts.toString(),
                                "job.sh"))
                .orFail();

        // The system calls work there too.
        assertThat(host.out()).contains("state=COMPLETED", "memory=Value[", "by JNA");
    }

    private String tool(String name) {
        return javaHome.resolve("bin").resolve(name).toString();
    }
}

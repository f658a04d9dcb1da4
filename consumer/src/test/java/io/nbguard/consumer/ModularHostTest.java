package io.nbguard.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A host that is a Java module: it compiles, runs from jars, and becomes part of an image. */
@Tag("slow")
@Timeout(600)
class ModularHostTest {

    private static final String[] NEEDED = {
        "nbguard-api", "nbguard-core", "nbguard-cgroup", "nbguard-papermill", "slf4j-api", "jna", "jackson-core"
    };
    private static final String[] SERVER = {
        "nbguard-server", "javalin", "jetty-", "jakarta.", "kotlin-stdlib", "annotations-", "asm"
    };
    private static final String HOST = "org.example.host/org.example.host.Host";

    @TempDir
    Path folder;

    private Path classes;
    private Path scripts;

    @BeforeEach
    void compile() throws Exception {
        classes = HostClasses.compile(folder);
        scripts = Files.createDirectory(folder.resolve("scripts"));
        Files.writeString(scripts.resolve("job.sh"), "echo it ran\n");
    }

    @Test
    void runsFromJarsAndIsMeasured() throws Exception {
        Program host = Program.run(
                        folder,
                        List.of(
                                HostClasses.tool("java"),
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
            assertThat(outputs).singleElement().satisfies(file -> assertThat(file)
                    .hasContent("it ran"));
        }
    }

    @Test
    void becomesAnImageThatNeedsNoJava() throws Exception {
        Path image = folder.resolve("image");
        Program.run(
                        folder,
                        List.of(
                                HostClasses.tool("jlink"),
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

    /** Javalin and Jetty come along as modules; a module without a descriptor could not be linked. */
    @Test
    void theServerBecomesPartOfAnImageToo() throws Exception {
        Path image = folder.resolve("image");
        Program.run(
                        folder,
                        List.of(
                                HostClasses.tool("jlink"),
                                "-p",
                                Jars.path(SERVER) + File.pathSeparator + Jars.path(NEEDED),
                                "--add-modules",
                                "io.nbguard.server,io.nbguard.cgroup,io.nbguard.papermill",
                                "--strip-debug",
                                "--output",
                                image.toString()))
                .orFail();

        Program modules = Program.run(
                        folder, List.of(image.resolve("bin/java").toString(), "--describe-module", "io.nbguard.server"))
                .orFail();

        assertThat(modules.out())
                .contains("exports io.nbguard.server\n", "qualified exports io.nbguard.server.json to io.nbguard.cli")
                .doesNotContainPattern("(?m)^exports io\\.nbguard\\.server\\.");
    }

    /** As in OpenShift, which gives every project user ids of its own. */
    @Test
    @EnabledIf(value = "isRoot", disabledReason = "only root can become a user of any number")
    void aUserWhoIsInNoPasswordFileLeavesNothingInOddPlaces() throws Exception {
        Path place = Files.createDirectory(folder.resolve("place"));
        Path temporary = Files.createDirectory(place.resolve("tmp"));
        Path current = Files.createDirectory(place.resolve("current"));
        Path lib = Files.createDirectory(place.resolve("lib"));
        for (String jar : Jars.path(NEEDED).split(File.pathSeparator)) {
            Files.copy(Path.of(jar), lib.resolve(Path.of(jar).getFileName()));
        }
        copy(classes, lib.resolve("host"));
        copy(scripts, place.resolve("scripts"));
        openToAll(folder);
        Program host = Program.run(
                        folder,
                        List.of(
                                "setpriv",
                                "--reuid",
                                "23456",
                                "--regid",
                                "23456",
                                "--clear-groups",
                                "env",
                                "-i",
                                "-C",
                                current.toString(),
                                HostClasses.tool("java"),
                                "-Xmx64m",
                                "-XX:-UsePerfData",
                                "-Djava.io.tmpdir=" + temporary,
                                "-p",
                                lib + File.pathSeparator + lib.resolve("host"),
                                "--add-modules",
                                "io.nbguard.cgroup",
                                "-m",
                                HOST,
                                place.resolve("scripts").toString(),
                                "job.sh"))
                .orFail();

        assertThat(host.out()).contains("state=COMPLETED", "by JNA", "announced=" + temporary + "/nbguard-23456\n");
        assertThat(current).isEmptyDirectory();
    }

    static boolean isRoot() throws Exception {
        return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    }

    private static void copy(Path from, Path to) throws Exception {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    private static void openToAll(Path folder) throws Exception {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                Files.setPosixFilePermissions(
                        file, PosixFilePermissions.fromString(Files.isDirectory(file) ? "rwxrwxrwx" : "rw-rw-rw-"));
            }
        }
    }
}

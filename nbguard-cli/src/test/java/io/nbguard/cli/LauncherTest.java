package io.nbguard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script, in a small checkout with a Maven and a Java that only write down how they were called. */
class LauncherTest {

    @TempDir
    Path folder;

    private Path checkout;
    private Path tools;

    @BeforeEach
    void aCheckout() throws IOException {
        checkout = Files.createDirectories(folder.resolve("check out"));
        tools = Files.createDirectories(folder.resolve("jdk17/bin"));
        Files.copy(launcher(), checkout.resolve("nbguard"));
        Files.writeString(checkout.resolve("pom.xml"), "<project/>");
        Files.createDirectories(checkout.resolve(".mvn"));
        Path source = Files.createDirectories(checkout.resolve("nbguard-cli/src/main/java"));
        Files.writeString(source.resolve("A.java"), "class A {}");
        Files.writeString(checkout.resolve("nbguard-cli/pom.xml"), "<project/>");
        tool(
                "mvn",
                "echo \"mvn $*\" >> '" + folder + "/calls'",
                "[ ! -e '" + folder + "/broken' ] || { echo '[ERROR] it does not compile'; exit 1; }",
                "sleep 0.3",
                "cd \"$(dirname \"$(echo \"$*\" | sed 's/.*-f \\(.*pom.xml\\).*/\\1/')\")\"",
                "mkdir -p nbguard-cli/target/lib",
                "echo lib > nbguard-cli/target/lib/lib.jar",
                "echo app > nbguard-cli/target/nbguard-cli-0.1.0.jar");
        tool("javac");
        java("17.0.1");
    }

    private static Path launcher() {
        Path here = Path.of("").toAbsolutePath();
        while (here != null && !Files.exists(here.resolve("nbguard"))) {
            here = here.getParent();
        }
        return here.resolve("nbguard");
    }

    private void tool(String name, String... lines) throws IOException {
        tool(tools.resolve(name), lines);
    }

    private static void tool(Path file, String... lines) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void java(String version) throws IOException {
        tool(
                "java",
                "[ \"$1\" != -version ] || { echo 'openjdk version \"" + version + "\" 2026-01-20' >&2; exit 0; }",
                "for argument; do echo \"<$argument>\"; done",
                "exit 42");
    }

    private record Ended(int exitCode, String out, String err) {}

    private Ended launch(Path script, String... arguments) throws Exception {
        return ended(start(script, Map.of(), arguments));
    }

    private Process start(Path script, Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        Map<String, String> own = new HashMap<>(environment);
        own.putIfAbsent("PATH", tools + ":/usr/bin:/bin");
        builder.environment().remove("JAVA_HOME");
        builder.environment().putAll(own);
        return builder.start();
    }

    private static Ended ended(Process process) throws Exception {
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), out, err);
    }

    private List<String> builds() throws IOException {
        Path calls = folder.resolve("calls");
        return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
    }

    @Test
    void theFirstUseBuildsAndSaysSoAndTheNextOnesDoNot() throws Exception {
        Ended first = launch(checkout.resolve("nbguard"), "run", "a b.ipynb", "-p", "x", "");
        Ended second = launch(checkout.resolve("nbguard"), "--version");

        assertThat(first.err()).isEqualTo("nbguard: building nbguard (first use, a minute or two)…\n");
        assertThat(first.exitCode()).isEqualTo(42);
        assertThat(first.out())
                .contains("lib.jar:", "nbguard-cli-0.1.0.jar>")
                .contains("<-Dnbguard.terminal.out=false>")
                .endsWith("<io.nbguard.cli.Nbguard>\n<run>\n<a b.ipynb>\n<-p>\n<x>\n<>\n");
        assertThat(second.err()).isEmpty();
        assertThat(builds()).hasSize(1).allSatisfy(call -> assertThat(call).contains(" -o ", "package"));
    }

    @Test
    void aChangeOfAnySourceOrItsRemovalIsBuiltAgain() throws Exception {
        launch(checkout.resolve("nbguard"));
        Path source = checkout.resolve("nbguard-cli/src/main/java/B.java");
        Files.writeString(source, "class B {}");
        Ended changed = launch(checkout.resolve("nbguard"));
        Files.delete(source);
        launch(checkout.resolve("nbguard"));

        assertThat(changed.err()).contains("it changed");
        // The state after the removal was built before: its build is still there.
        assertThat(builds()).hasSize(2);
    }

    @Test
    void itWorksFromAnyFolderAndThroughLinks() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("one"), Path.of("two"));
        Files.createSymbolicLink(folder.resolve("two"), checkout.resolve("nbguard"));

        Ended ended = launch(link, "doctor");

        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(42);
        assertThat(ended.out())
                .contains(checkout.toRealPath() + "/.nbguard/app/")
                .endsWith("<doctor>\n");
    }

    @Test
    void twoFirstUsesAtATimeBuildOnce() throws Exception {
        Process one = start(checkout.resolve("nbguard"), Map.of());
        Process other = start(checkout.resolve("nbguard"), Map.of());

        assertThat(ended(one).exitCode()).isEqualTo(42);
        assertThat(ended(other).exitCode()).isEqualTo(42);
        assertThat(builds()).hasSize(1);
    }

    @Test
    void aBuildThatFailsIsToldAndTriedAgainNextTime() throws Exception {
        Files.createFile(folder.resolve("broken"));
        Ended failed = launch(checkout.resolve("nbguard"));
        Files.delete(folder.resolve("broken"));
        Ended mended = launch(checkout.resolve("nbguard"));

        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(failed.err()).contains("it does not compile", "build.log");
        assertThat(failed.out()).isEmpty();
        // Offline first, then with the network; then all is well.
        assertThat(builds()).hasSize(3);
        assertThat(builds().get(1)).doesNotContain(" -o ");
        assertThat(mended.exitCode()).isEqualTo(42);
    }

    @Test
    void aJavaThatCannotCompileIsNamedWithTheCure() throws Exception {
        Files.delete(tools.resolve("javac"));

        Ended ended = launch(checkout.resolve("nbguard"));

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.err()).contains("a JDK is needed", "jdk17", "apt-get install");
        assertThat(builds()).isEmpty();
    }

    @Test
    void javaHomeWinsAndAJavaThatIsTooOldIsPassedOver() throws Exception {
        java("11.0.2");
        Path home = Files.createDirectories(folder.resolve("jdk/bin")).getParent();
        tool(
                home.resolve("bin/java"),
                "[ \"$1\" != -version ] || { echo 'java version \"25\"' >&2; exit 0; }",
                "exit 43");
        tool(home.resolve("bin/javac"));

        Process process = start(checkout.resolve("nbguard"), Map.of("JAVA_HOME", home.toString()));

        assertThat(ended(process).exitCode()).isEqualTo(43);
    }
}

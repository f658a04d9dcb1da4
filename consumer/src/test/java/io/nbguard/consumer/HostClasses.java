package io.nbguard.consumer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The host in {@code src/test/host}, compiled against nothing but what it says it needs. */
final class HostClasses {

    private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));

    private HostClasses() {}

    /** Returns a tool of the JDK that runs the tests. */
    static String tool(String name) {
        return JAVA_HOME.resolve("bin").resolve(name).toString();
    }

    /** Compiles it, with every warning an error; returns the folder of classes, good for class path and module path. */
    static Path compile(Path folder) throws Exception {
        Path classes = folder.resolve("classes");
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
        Path services = Files.createDirectories(classes.resolve("META-INF/services"));
        Files.writeString(services.resolve("io.nbguard.spi.executor.Executor"), "org.example.host.Scripts\n");
        return classes;
    }
}

package io.nbguard.examples;

import java.io.File;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** All of nbguard, and what it needs at run time, as modules. */
final class ModulePath {

    private static final List<String> MODULES = List.of(
            "nbguard-",
            "jackson-",
            "flyway",
            "sqlite-jdbc",
            "postgresql",
            "picocli",
            "jna",
            "slf4j-api",
            "slf4j-simple",
            "javalin",
            "jetty-",
            "kotlin-stdlib",
            "annotations-",
            "asm",
            "jakarta.");

    private ModulePath() {}

    /** Returns a value for the option {@code -p}. */
    static String ofAll() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("test-classes"))
                .filter(entry -> MODULES.stream().anyMatch(name -> entry.contains("/" + name)))
                .collect(Collectors.joining(File.pathSeparator));
    }
}

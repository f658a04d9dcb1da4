package io.nbguard.consumer;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The jars that a host gets with nbguard's dependencies; Maven has put them into {@code target/lib}. */
final class Jars {

    private static final Path FOLDER = Path.of("target", "lib");

    private Jars() {}

    static List<Path> all() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(Path::toAbsolutePath).sorted().toList();
        }
    }

    static List<Path> nbguards() throws IOException {
        return all().stream().filter(named("nbguard-")).toList();
    }

    /** Returns a path of all jars whose names begin with one of these. */
    static String path(String... names) throws IOException {
        Predicate<Path> wanted = Stream.of(names).map(Jars::named).reduce(jar -> false, Predicate::or);
        return all().stream().filter(wanted).map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }

    private static Predicate<Path> named(String beginning) {
        return jar -> jar.getFileName().toString().startsWith(beginning);
    }
}

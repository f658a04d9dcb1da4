package io.nbguard.examples;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A module of nbguard that others compile against, by its module descriptor: it exports a package to all.
 *
 * @param name the module's name, such as {@code io.nbguard.core}
 * @param folder its folder in the repository
 * @param exported the packages that it exports to all modules
 */
record PublishedModule(String name, Path folder, Set<String> exported) {

    private static final String OURS = "io.nbguard.";

    /** Returns all on the class path, by name. */
    static List<PublishedModule> all() throws IOException {
        return Collections.list(PublishedModule.class.getClassLoader().getResources("module-info.class")).stream()
                .map(PublishedModule::read)
                .filter(module -> module.name().startsWith(OURS))
                .map(PublishedModule::of)
                .filter(module -> !module.exported().isEmpty())
                .sorted((one, other) -> one.name().compareTo(other.name()))
                .toList();
    }

    /** Returns the packages that all of them export. */
    static Set<String> allExported() throws IOException {
        return all().stream().flatMap(module -> module.exported().stream()).collect(Collectors.toSet());
    }

    private static PublishedModule of(ModuleDescriptor descriptor) {
        Set<String> exported = descriptor.exports().stream()
                .filter(export -> !export.isQualified())
                .map(ModuleDescriptor.Exports::source)
                .collect(Collectors.toSet());
        String folder = "nbguard-" + descriptor.name().substring(OURS.length());
        return new PublishedModule(descriptor.name(), Path.of("..", folder), exported);
    }

    /** Returns its packages, sorted. */
    Set<String> packages() throws IOException {
        Path sources = sources();
        try (Stream<Path> files = Files.walk(sources)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .map(file -> sources.relativize(file.getParent()).toString().replace('/', '.'))
                    .filter(name -> !name.isEmpty())
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** Returns the file that describes a package. */
    Path packageInfo(String packageName) {
        return sources().resolve(packageName.replace('.', '/')).resolve("package-info.java");
    }

    private Path sources() {
        return folder.resolve("src/main/java");
    }

    private static ModuleDescriptor read(URL descriptor) {
        try (InputStream in = descriptor.openStream()) {
            return ModuleDescriptor.read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}

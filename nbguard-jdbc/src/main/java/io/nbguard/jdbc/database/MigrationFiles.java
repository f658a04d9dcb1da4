package io.nbguard.jdbc.database;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;
import org.jspecify.annotations.Nullable;

/** The migrations by name: found in a jar, in a jar within a jar, and in a module, where a search would find none. */
final class MigrationFiles implements ResourceProvider {

    /** The version of the tables that the last migration makes. */
    static final int LATEST = 5;

    private final List<String> names;

    /**
     * Makes it.
     *
     * @param product what the names of migrations end in whose text has nothing in common with another database's
     */
    MigrationFiles(String product) {
        names = List.of(
                "V1__history.sql",
                "V2__claims.sql",
                "V3__severity.sql",
                "V4__handle.sql",
                "V5__partial_usage_" + product + ".sql");
    }

    @Override
    public @Nullable LoadableResource getResource(String name) {
        return names.contains(name) ? new MigrationFile(name) : null;
    }

    @Override
    public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
        return names.stream()
                .filter(name ->
                        name.startsWith(prefix) && Arrays.stream(suffixes).anyMatch(name::endsWith))
                .<LoadableResource>map(MigrationFile::new)
                .toList();
    }

    private static final class MigrationFile extends LoadableResource {

        private final String name;

        MigrationFile(String name) {
            this.name = name;
        }

        @Override
        public Reader read() {
            try (InputStream stream = MigrationFiles.class.getResourceAsStream(name)) {
                if (stream == null) {
                    throw new IllegalStateException("nbguard-jdbc's jar is broken: it has no " + name);
                }
                return new StringReader(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public String getAbsolutePath() {
            return "io/nbguard/jdbc/database/" + name;
        }

        @Override
        public String getAbsolutePathOnDisk() {
            return getAbsolutePath();
        }

        @Override
        public String getFilename() {
            return name;
        }

        @Override
        public String getRelativePath() {
            return name;
        }
    }
}

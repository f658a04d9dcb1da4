package io.nbguard.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a published module does not export to all says so where it is read: in the package's own description. */
class InternalPackagesTest {

    private static final String MARK = "Internal: ";

    static List<PublishedModule> modules() throws IOException {
        return PublishedModule.all();
    }

    @ParameterizedTest
    @MethodSource("modules")
    void aPackageSaysThatItIsInternalWhereItIsNotExported(PublishedModule module) throws IOException {
        for (String name : module.packages()) {
            Path file = module.packageInfo(name);
            assertThat(file).exists();
            assertThat(description(file).startsWith(MARK))
                    .as("the description of %s begins with '%s'", name, MARK)
                    .isEqualTo(!module.exported().contains(name));
        }
    }

    private static String description(Path file) throws IOException {
        String text = Files.readString(file);
        return text.substring(0, text.indexOf("\npackage ")).replaceFirst("^/\\*\\*[\\s*]*", "");
    }
}

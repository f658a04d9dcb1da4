package io.nbguard.examples.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.core.plugin.KnownSettings;
import io.nbguard.core.plugin.Plugins;
import io.nbguard.spi.Setting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The settings are told in one place each, and the README has them all. To write its table anew:
 * {@code -Dnbguard.docs.write=true}.
 */
class SettingsTableTest {

    private static final Pattern KEY = Pattern.compile("\"((?:papermill|history|sidecar)\\.[a-z][a-z.-]*)\"");

    private static final Path README = Path.of("..", "README.md");
    private static final String HEAD = "| setting | value | without it | what it does |\n|---|---|---|---|\n";

    private final List<Setting<?>> settings =
            KnownSettings.of(Plugins.discover(), List.of()).all();

    @Test
    void theReadmeHasAllOfThem() throws Exception {
        String table = settings.stream()
                .map(setting -> "| `" + setting.key() + "` | " + setting.type() + " | " + setting.usual() + " | "
                        + setting.meaning() + " |\n")
                .collect(Collectors.joining());
        String written = Files.readString(README);
        assertThat(written).contains(HEAD);
        int begin = written.indexOf(HEAD) + HEAD.length();
        String made = written.substring(0, begin) + table + written.substring(written.indexOf("\n\n", begin) + 1);
        if (Boolean.getBoolean("nbguard.docs.write")) {
            Files.writeString(README, made);
        }

        assertThat(Files.readString(README)).isEqualTo(made);
    }

    @Test
    void everyKeyInTheSourceIsDeclared() throws Exception {
        Set<String> used = new TreeSet<>();
        for (String module :
                List.of("nbguard-core", "nbguard-papermill", "nbguard-jdbc", "nbguard-server", "nbguard-cli")) {
            try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(file -> {
                    Matcher key = KEY.matcher(text(file));
                    while (key.find()) {
                        used.add(key.group(1));
                    }
                });
            }
        }
        used.remove("history.db");

        assertThat(settings).extracting(Setting::key).containsAll(used);
        assertThat(used).contains("papermill.python", "history.url", "sidecar.classpath");
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

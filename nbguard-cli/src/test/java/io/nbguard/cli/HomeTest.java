package io.nbguard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nbguard.papermill.PythonEnvironments;
import io.nbguard.spi.PluginConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real command with HOME and its kin elsewhere than in the password file. */
@Tag("slow")
@Timeout(300)
class HomeTest {

    private static final Pattern TOKEN = Pattern.compile("token to log in with is in (\\S+)\\n");

    @TempDir
    Path folder;

    private final Map<String, String> environment = new HashMap<>();

    @Test
    void everythingGoesBelowHome() throws Exception {
        Path home = Files.createDirectory(folder.resolve("home"));
        unset("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "NBGUARD_PYTHON");
        environment.put("HOME", home.toString());

        NbguardProcess.Ended doctor = nbguard("doctor", "--json");

        assertThat(doctor.out()).contains("made on first use, in " + home.resolve(".cache/nbguard"));
        assertThat(home.resolve(".cache/JNA/temp")).isDirectory();
        assertThat(tokenOfAServe()).isEqualTo(home.resolve(".config/nbguard/token"));
    }

    @Test
    void foldersThatHaveVariablesOfTheirOwnGoThere() throws Exception {
        unset("NBGUARD_PYTHON");
        environment.put("HOME", folder.resolve("home").toString());
        environment.put("XDG_CACHE_HOME", folder.resolve("cache").toString());
        environment.put("XDG_CONFIG_HOME", folder.resolve("config").toString());

        NbguardProcess.Ended doctor = nbguard("doctor", "--json");

        assertThat(doctor.out()).contains("made on first use, in " + folder.resolve("cache/nbguard"));
        assertThat(tokenOfAServe()).isEqualTo(folder.resolve("config/nbguard/token"));
        assertThat(folder.resolve("home")).doesNotExist();
    }

    @Test
    void withFewDescriptorsThereIsAMessageAndNoStackTrace() throws Exception {
        NbguardProcess.Ended ended = NbguardProcess.runIn(
                command -> {
                    List<String> limited = new ArrayList<>(List.of("sh", "-c", "ulimit -n 64; exec \"$@\"", "limited"));
                    limited.addAll(command);
                    return limited;
                },
                folder,
                "doctor");

        assertThat(ended.err())
                .isEqualTo("nbguard: only 64 files may be open at a time here, and nbguard needs 256 or"
                        + " more: raise the limit, as by 'ulimit -n 1024'\n");
        assertThat(ended.exitCode()).isEqualTo(1);
    }

    private void unset(String... names) {
        for (String name : names) {
            // What is no absolute path counts as not set.
            environment.put(name, "");
        }
    }

    private Path tokenOfAServe() throws Exception {
        environment.put(
                "NBGUARD_PYTHON",
                PythonEnvironments.prepare(PluginConfig.EMPTY, note -> {}).toString());
        Path notebooks = Files.createDirectories(folder.resolve("notebooks"));
        try (NbguardProcess serve = NbguardProcess.start(
                folder, environment, "serve", notebooks.toString(), "--port", "0", "--db", "memory")) {
            await().atMost(Duration.ofMinutes(2))
                    .until(() ->
                            !serve.isAlive() || TOKEN.matcher(serve.outSoFar()).find());
            NbguardProcess.Ended ps = nbguard("ps");
            assertThat(ps.exitCode()).as(ps.err()).isZero();
            Matcher told = TOKEN.matcher(serve.outSoFar());
            assertThat(told.find()).as(serve.outSoFar()).isTrue();
            assertThat(Path.of(told.group(1))).isRegularFile();
            return Path.of(told.group(1));
        }
    }

    private NbguardProcess.Ended nbguard(String... arguments) throws Exception {
        try (NbguardProcess process = NbguardProcess.start(folder, environment, arguments)) {
            return process.ended();
        }
    }
}

package io.nbguard.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.nbguard.cli.Nbguard;
import io.nbguard.server.json.JsonValues;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The other tests run on the class path; this one starts everything as modules. */
class ModulePathTest {

    @TempDir
    Path folder;

    @Test
    @SuppressWarnings("unchecked")
    void asModulesEverythingStartsAndEveryPluginIsFound() throws Exception {
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "--enable-native-access=com.sun.jna",
                        "-p",
                        ModulePath.ofAll(),
                        "-m",
                        "io.nbguard.cli/" + Nbguard.class.getName(),
                        "doctor",
                        "--json")
                .directory(folder.toFile())
                .redirectError(folder.resolve("err").toFile())
                .start();
        String out = new String(java.getInputStream().readAllBytes());

        assertThat(java.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(folder.resolve("err")).isEmptyFile();
        Map<String, Object> found;
        try (JsonParser parser = new JsonFactory().createParser(out)) {
            parser.nextToken();
            found = JsonValues.object(parser);
        }
        assertThat(java.exitValue()).as(out).isZero();
        assertThat((List<Map<String, Object>>) found.get("plugins"))
                .filteredOn(plugin -> plugin.get("problem") == null)
                .extracting(plugin -> plugin.get("name"))
                .contains(
                        "nbguard-papermill",
                        "nbguard-cgroup2",
                        "nbguard-cgroup1",
                        "nbguard-host",
                        "nbguard-procfs",
                        "nbguard-heaviest",
                        "nbguard-lowest-priority",
                        "nbguard-fastest-growing",
                        "nbguard-youngest",
                        "nbguard-least-wasted-work",
                        "spare-the-nearly-done",
                        "nbguard-cron",
                        "nbguard-interval",
                        "nbguard-once");
    }
}

package io.nbguard.papermill.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.spi.PluginConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GivenPythonTest {

    @TempDir
    Path folder;

    private Surroundings with(String name, String value) {
        return new Surroundings(Map.of(name, value), folder);
    }

    private Path executable(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }

    @Test
    void theRequestCountsMoreThanTheSettingAndTheSettingMoreThanTheVariable() {
        Surroundings variable = with("NBGUARD_PYTHON", "/variable");
        PluginConfig setting = new PluginConfig(Map.of("papermill.python", "/setting"));

        assertThat(GivenPython.of(Optional.of(Path.of("/request")), setting, variable))
                .contains(new GivenPython("/request", "the request"));
        assertThat(GivenPython.of(Optional.empty(), setting, variable))
                .contains(new GivenPython("/setting", "the setting papermill.python"));
        assertThat(GivenPython.of(Optional.empty(), PluginConfig.EMPTY, variable))
                .contains(new GivenPython("/variable", "the variable NBGUARD_PYTHON"));
        assertThat(GivenPython.of(
                        Optional.empty(),
                        new PluginConfig(Map.of("papermill.python", " ")),
                        with("NBGUARD_PYTHON", "")))
                .isEmpty();
    }

    @Test
    void anInterpreterAVirtualEnvironmentAndACommandAreUnderstood() throws IOException {
        Path python = executable("venv/bin/python");
        Surroundings path = with("PATH", "relative::/nowhere:" + python.getParent());

        assertThat(new GivenPython(python.toString(), "x").interpreter(path)).isEqualTo(python);
        assertThat(new GivenPython(folder.resolve("venv").toString(), "x").interpreter(path))
                .isEqualTo(python);
        assertThat(new GivenPython("python", "x").interpreter(path)).isEqualTo(python);
    }

    @Test
    void aLinkIsNotFollowedSinceAVirtualEnvironmentIsWhereItsLinkIs() throws IOException {
        Path target = executable("real/python3.11");
        Path link = Files.createSymbolicLink(
                Files.createDirectories(folder.resolve("venv/bin")).resolve("python"), target);

        assertThat(new GivenPython(link.toString(), "x").interpreter(with("PATH", "")))
                .isEqualTo(link);
    }

    @Test
    void whatIsNoPythonIsRefusedWithItsNameOriginAndReason() throws IOException {
        Path plain = Files.writeString(folder.resolve("plain"), "");

        assertRefused(folder.resolve("none").toString(), "does not exist");
        assertRefused(folder.toString(), "is a folder without bin/python");
        assertRefused(plain.toString(), "is not executable");
        assertRefused("no-such-command", "does not exist");
    }

    private void assertRefused(String name, String reason) {
        assertThatThrownBy(() -> new GivenPython(name, "the request").interpreter(with("PATH", "")))
                .isInstanceOfSatisfying(
                        GuardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ENVIRONMENT))
                .hasMessageStartingWith("Python '" + name + "' of the request " + reason);
    }
}

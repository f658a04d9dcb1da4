package io.nbguard.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** What must be inside every jar. */
class BuiltJarsTest {

    @Test
    void everyModuleIsThere() throws Exception {
        assertThat(Jars.nbguards())
                .extracting(jar -> jar.getFileName().toString().replaceFirst("-[0-9].*", ""))
                .containsExactlyInAnyOrder(
                        "nbguard-api",
                        "nbguard-core",
                        "nbguard-cgroup",
                        "nbguard-papermill",
                        "nbguard-jdbc",
                        "nbguard-server");
    }

    @Test
    void eachHasTheLicenceAndTellsItsVersion() throws Exception {
        String licence = Files.readString(Path.of("..", "LICENSE"));
        for (Path path : Jars.nbguards()) {
            try (JarFile jar = new JarFile(path.toFile())) {
                assertThat(jar.getEntry("META-INF/LICENSE")).as(path.toString()).isNotNull();
                byte[] bytes =
                        jar.getInputStream(jar.getEntry("META-INF/LICENSE")).readAllBytes();
                assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo(licence);
                Attributes manifest = jar.getManifest().getMainAttributes();
                String name = path.getFileName().toString();
                assertThat(name)
                        .isEqualTo(manifest.getValue("Implementation-Title") + "-"
                                + manifest.getValue("Implementation-Version") + ".jar");
                assertThat(jar.getEntry("module-info.class")).as(name).isNotNull();
            }
        }
    }

    @Test
    void nothingComesAlongThatOnlyTheBuildNeeds() throws Exception {
        assertThat(Jars.all())
                .extracting(jar -> jar.getFileName().toString())
                .noneMatch(name -> name.startsWith("jspecify") || name.startsWith("junit"));
    }
}

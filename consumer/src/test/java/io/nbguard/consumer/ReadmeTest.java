package io.nbguard.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The dependencies that the README shows are those that a host needs, as they are built. */
class ReadmeTest {

    @Test
    void theDependenciesThatItShowsAreBuilt() throws Exception {
        String readme = Files.readString(Path.of("..", "README.md"));
        int start = readme.indexOf("```xml") + "```xml".length();
        String shown = "<dependencies>" + readme.substring(start, readme.indexOf("```", start)) + "</dependencies>";
        NodeList dependencies = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(shown.getBytes(StandardCharsets.UTF_8)))
                .getElementsByTagName("dependency");
        List<String> jars = new ArrayList<>();
        List<String> scopes = new ArrayList<>();
        for (int i = 0; i < dependencies.getLength(); i++) {
            Element dependency = (Element) dependencies.item(i);
            assertThat(text(dependency, "groupId")).isEqualTo("io.nbguard");
            jars.add(text(dependency, "artifactId") + "-" + text(dependency, "version") + ".jar");
            scopes.add(text(dependency, "scope"));
        }

        assertThat(scopes).containsExactly("", "runtime", "runtime");
        assertThat(Jars.nbguards())
                .extracting(jar -> jar.getFileName().toString())
                .containsAll(jars);
        assertThat(jars)
                .extracting(name -> name.replaceFirst("-[0-9].*", ""))
                .containsExactly("nbguard-core", "nbguard-cgroup", "nbguard-papermill");
    }

    private static String text(Element of, String name) {
        NodeList found = of.getElementsByTagName(name);
        return found.getLength() == 0 ? "" : found.item(0).getTextContent().strip();
    }
}

package io.nbguard.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** What Maven Central asks of a POM: a name, a description, a URL, a licence, people, and where the source is. */
class PublishedPomsTest {

    private static final List<String> PUBLISHED = List.of(
            "nbguard-api",
            "nbguard-core",
            "nbguard-cgroup",
            "nbguard-papermill",
            "nbguard-jdbc",
            "nbguard-server",
            "nbguard-cli");

    @Test
    void theParentHasAllThatIsInherited() throws Exception {
        Element parent = pom(Path.of("..", "pom.xml"));

        for (String path : List.of(
                "groupId",
                "version",
                "name",
                "description",
                "url",
                "licenses/license/name",
                "licenses/license/url",
                "developers/developer/name",
                "scm/url",
                "scm/connection",
                "scm/developerConnection")) {
            assertThat(text(parent, path)).as(path).isNotBlank();
        }
        // Without this, Maven makes each module's address out of the parent's and the module's name.
        assertThat(parent.getAttribute("child.project.url.inherit.append.path")).isEqualTo("false");
    }

    @Test
    void everyModuleSaysWhatItIs() throws Exception {
        for (String module : PUBLISHED) {
            Element pom = pom(Path.of("..", module, "pom.xml"));

            assertThat(text(pom, "parent/artifactId")).as(module).isEqualTo("nbguard-parent");
            assertThat(text(pom, "name")).isEqualTo(module);
            assertThat(text(pom, "description")).as(module).isNotBlank();
            assertThat(text(pom, "url")).as(module).isEmpty();
        }
    }

    private static Element pom(Path file) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(file.toFile())
                .getDocumentElement();
    }

    private static String text(Element from, String path) {
        Element at = from;
        for (String name : path.split("/")) {
            List<Element> found = children(at, name);
            if (found.isEmpty()) {
                return "";
            }
            at = found.get(0);
        }
        return at.getTextContent().strip();
    }

    private static List<Element> children(Element of, String name) {
        List<Element> found = new ArrayList<>();
        for (Node node = of.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(name)) {
                found.add(element);
            }
        }
        return found;
    }
}

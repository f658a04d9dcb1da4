package io.nbguard.server.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The result of a notebook that a notebook may have written itself. */
@Timeout(60)
class LastOutputTest {

    @TempDir
    Path folder;

    private Path notebook(String outputs) throws Exception {
        return Files.writeString(
                folder.resolve("n.ipynb"),
                "{\"cells\":[{\"cell_type\":\"code\",\"outputs\":[" + outputs
                        + "],\"source\":\"x\"}],\"metadata\":{}}");
    }

    private static String printed(String text) {
        return "{\"name\":\"stdout\",\"output_type\":\"stream\",\"text\":" + text + "}";
    }

    @Test
    void itIsTheLastLineThatIsNoWarningAndNoError() throws Exception {
        Path notebook = notebook(printed("[\"one\\n\",\"two\\n\"]")
                + ",{\"name\":\"stderr\",\"output_type\":\"stream\",\"text\":\"a warning\"}," + printed("\"\\n\""));

        assertThat(LastOutput.of(notebook)).contains("two");
    }

    @Test
    void ofNoNotebookThereIsNone() throws Exception {
        assertThat(LastOutput.of(folder.resolve("none.ipynb"))).isEmpty();
        assertThat(LastOutput.of(Files.writeString(folder.resolve("cut.ipynb"), "{\"cells\":[")))
                .isEmpty();
        assertThat(LastOutput.of(notebook(""))).isEmpty();
    }

    @Test
    void aPipeInItsPlaceIsNotWaitedFor() throws Exception {
        Path pipe = folder.resolve("pipe.ipynb");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        assertThat(LastOutput.of(pipe)).isEmpty();
    }

    @Test
    void aLinkThatLeadsElsewhereIsNotFollowed() throws Exception {
        Path inside = Files.createDirectory(folder.resolve("outputs"));
        Path link = Files.createSymbolicLink(inside.resolve("l.ipynb"), notebook(printed("\"secret\"")));

        assertThat(LastOutput.of(link)).isEmpty();
    }

    @Test
    void aTextOfThirtyMillionCharactersIsNotHeldAndThatIsSaid() throws Exception {
        Path notebook = folder.resolve("long.ipynb");
        try (Writer out = Files.newBufferedWriter(notebook)) {
            out.write("{\"cells\":[{\"cell_type\":\"code\",\"outputs\":[" + "{\"name\":\"stdout\","
                    + "\"output_type\":\"stream\",\"text\":\"");
            for (int i = 0; i < 300; i++) {
                out.write("x".repeat(100_000));
            }
            out.write("\"}],\"source\":\"x\"}],\"metadata\":{}}");
        }

        assertThat(LastOutput.of(notebook))
                .hasValueSatisfying(line -> assertThat(line).contains("27.6 MiB more of this output"));

        String shorter = "y".repeat(50_000);
        assertThat(LastOutput.of(notebook(printed("\"" + shorter + "\""))))
                .hasValueSatisfying(line -> assertThat(line).startsWith("yyy").hasSizeLessThan(5_000));
    }
}

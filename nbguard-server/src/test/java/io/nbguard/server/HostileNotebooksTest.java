package io.nbguard.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What notebooks leave where the host looks: pipes, links that are swapped, and contents of any size. */
@Tag("slow")
@Timeout(240)
class HostileNotebooksTest {

    private static final int LOOKS = 2_000;

    @TempDir
    Path folder;

    private ServeWorld world;

    @BeforeEach
    void open() throws IOException {
        world = ServeWorld.open(folder);
        world.write("ok.ipynb", "x = 1");
    }

    @AfterEach
    void close() {
        world.close();
    }

    private static Path pipe(Path at) throws Exception {
        assertThat(new ProcessBuilder("mkfifo", at.toString()).start().waitFor())
                .isZero();
        return at;
    }

    private String started() throws IOException {
        return "/api/v1/executions/"
                + world.ask("POST", "/notebooks/run/ok.ipynb").json().get("id");
    }

    /** Has one end, and something else be where its executed notebook was. */
    private String ended(Writing writing) throws Exception {
        String execution = started();
        await().atMost(Duration.ofMinutes(1)).until(() -> world.executor.launches.get() > 0);
        world.executor.completeAll();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> world.ask("GET", execution).json().get("endedAt") != null);
        Path output = world.outputs.resolve(
                String.valueOf(world.ask("GET", execution).json().get("output")));
        Files.delete(output);
        writing.write(output);
        return execution;
    }

    private interface Writing {
        void write(Path file) throws Exception;
    }

    /** Writes a notebook: a cell with these outputs, and then one that prints "after". */
    private static void notebook(Path file, Pieces outputs) throws IOException {
        try (Writer out = Files.newBufferedWriter(file)) {
            out.write("{\"cells\":[{\"cell_type\":\"code\",\"execution_count\":1,\"metadata\":{},\"outputs\":[");
            outputs.write(out);
            out.write("],\"source\":\"first\"},{\"cell_type\":\"code\",\"execution_count\":2,"
                    + "\"metadata\":{\"tags\":[\"parameters\"]},\"outputs\":[{\"name\":\"stdout\","
                    + "\"output_type\":\"stream\",\"text\":\"after\\n\"}],\"source\":\"year = 2026\"}],"
                    + "\"metadata\":{},\"nbformat\":4,\"nbformat_minor\":5}");
        }
    }

    private interface Pieces {
        void write(Writer out) throws IOException;
    }

    private static String stream(String text) {
        return "{\"name\":\"stdout\",\"output_type\":\"stream\",\"text\":\"" + text + "\"}";
    }

    private void everythingAfterItIsShown(Pieces outputs, String... notes) throws Exception {
        String execution = ended(file -> notebook(file, outputs));
        notebook(world.notebooks.resolve("old.ipynb"), outputs);

        RawHttp.Answer log = world.ask("GET", execution + "/log");
        RawHttp.Answer view = world.ask("GET", execution + "/view");
        RawHttp.Answer parameters = world.ask("GET", "/api/v1/notebooks/old.ipynb/parameters");

        assertThat(log.status()).isEqualTo(200);
        assertThat(log.body()).endsWith("after\n").doesNotContain("breaks off");
        assertThat(view.body()).contains("first", "after", "</html>").doesNotContain("breaks off");
        assertThat(view.body()).contains(notes);
        assertThat(parameters.items()).singleElement().satisfies(one -> assertThat(one)
                .containsEntry("name", "year"));
        assertThat(view.body().length() + log.body().length()).isLessThan(16 << 20);
    }

    @Test
    void aPipeInTheStagingFolderBlocksNoReaderOfTheLog() throws Exception {
        String execution = started();
        Path staging = world.outputs.resolve(".nbguard-" + execution.substring(execution.lastIndexOf('/') + 1));
        await().atMost(Duration.ofMinutes(1)).until(() -> Files.isDirectory(staging));
        pipe(staging.resolve("a.ipynb"));

        for (int i = 0; i < 200; i++) {
            assertThat(world.ask("GET", execution + "/log").status()).isEqualTo(200);
        }
    }

    @Test
    void aPipeInPlaceOfAStagingFolderBlocksNoReaderEither() throws Exception {
        String execution = ended(HostileNotebooksTest::pipe);
        String id = execution.substring(execution.lastIndexOf('/') + 1);
        pipe(world.outputs.resolve(".nbguard-" + id));

        for (String what : new String[] {"/log", "/notebook", "/view"}) {
            assertThat(world.ask("GET", execution + what).status()).isEqualTo(404);
        }
        pipe(world.notebooks.resolve("pipe.ipynb"));
        assertThat(world.ask("GET", "/api/v1/notebooks/pipe.ipynb/parameters").status())
                .isEqualTo(404);
        assertThat(world.ask("GET", "/api/v1/notebooks").body()).doesNotContain("pipe.ipynb");
    }

    @Test
    void aLinkThatIsSwappedInNeverShowsWhatIsOutside() throws Exception {
        Path secret = Files.copy(world.write("secret.ipynb", "SECRET = 1"), folder.resolve("secret.ipynb"));
        Path mine = Files.copy(world.write("swapped.ipynb", "mine = 1"), folder.resolve("mine.ipynb"));
        Path swapped = world.notebooks.resolve("swapped.ipynb");
        Path next = folder.resolve("next");
        AtomicBoolean over = new AtomicBoolean();
        Thread swapper = new Thread(() -> {
            try {
                while (!over.get()) {
                    Files.createSymbolicLink(next, secret);
                    Files.move(next, swapped, StandardCopyOption.ATOMIC_MOVE);
                    Files.copy(mine, next);
                    Files.move(next, swapped, StandardCopyOption.ATOMIC_MOVE);
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        swapper.start();
        int shown = 0;
        try {
            for (int i = 0; i < LOOKS; i++) {
                RawHttp.Answer answer = world.ask("GET", "/api/v1/notebooks/swapped.ipynb/parameters");
                assertThat(answer.body()).doesNotContain("SECRET");
                shown += answer.status() == 200 ? 1 : 0;
            }
        } finally {
            over.set(true);
            swapper.join();
        }
        assertThat(shown).isPositive();
    }

    @Test
    void oneLineOfTwentyMillionCharactersIsCutWithANote() throws Exception {
        everythingAfterItIsShown(out -> out.write(stream("x".repeat(20_000_000))), "MiB more: download the notebook");
    }

    @Test
    void anEscapedLineIsCutWhereItMayBe() throws Exception {
        everythingAfterItIsShown(
                out -> out.write(stream("\\\\\\n\\u00e9\\ud83d\\ude00".repeat(1_000_000))),
                "MiB more: download the notebook");
    }

    @Test
    void aPictureOfEighteenMegabytesIsReplacedByANote() throws Exception {
        everythingAfterItIsShown(
                out -> out.write("{\"output_type\":\"display_data\",\"metadata\":{},\"data\":{\"image/png\":\""
                        + "A".repeat(24 << 20) + "\",\"text/plain\":\"a figure\"}}"),
                "Not shown: a picture of 18.0 MiB: download the notebook");
    }

    @Test
    void aHundredAndFiftyMegabytesOfOldOutputsAreReadPast() throws Exception {
        String output = stream("y".repeat(1_000)) + ",";
        everythingAfterItIsShown(
                out -> {
                    for (int i = 0; i < 150_000; i++) {
                        out.write(output);
                    }
                    out.write(stream("z"));
                },
                "more outputs of this cell");
    }

    @Test
    void namesAndNumbersWithoutEndAreReadPast() throws Exception {
        everythingAfterItIsShown(
                out -> {
                    out.write("{\"output_type\":\"display_data\",\"data\":{\"application/json\":{");
                    for (int i = 0; i < 500_000; i++) {
                        out.write("\"name-" + i + "\":1,");
                    }
                    out.write("\"" + "n".repeat(9_000_000) + "\":" + "1".repeat(9_000_000) + "}}}");
                },
                "Not shown: an output without a plain form");
    }

    @Test
    void whatRulesTheDisplayIsNotPassedOn() throws Exception {
        String execution = ended(file -> notebook(
                file,
                out -> out.write(stream("a\\u009b31mred\\u0085\\u009d0;title\\u009cb\\u202egnp.exe\\u2066\\u0007c"))));

        assertThat(world.ask("GET", execution + "/log").body()).startsWith("aredbgnp.exec\n");
        assertThat(world.ask("GET", execution + "/view").body())
                .doesNotContain("\u009b", "\u0085", "\u009d", "\u202e", "\u2066");
    }
}

package io.nbguard.papermill.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.papermill.notebook.Evidence.CellError;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class EvidenceReaderTest {

    private static final String MARKER =
            "{\"cell_type\": \"markdown\", \"metadata\": {\"tags\": [\"papermill-error-cell-tag\"]}, \"source\": \"\"}";
    private static final String INJECTED =
            "{\"cell_type\": \"code\", \"metadata\": {\"papermill\": {\"start_time\": \"2026\"}, \"tags\":"
                    + " [\"injected-parameters\"]}, \"outputs\": [], \"source\": \"\"}";
    private static final String BEGUN =
            "{\"cell_type\": \"code\", \"metadata\": {\"papermill\": {\"start_time\": \"2026\", \"status\":"
                    + " \"completed\"}}, \"outputs\": [], \"source\": \"\"}";
    private static final String NOT_BEGUN =
            "{\"cell_type\": \"code\", \"metadata\": {\"papermill\": {\"start_time\": null, \"status\":"
                    + " \"completed\"}}, \"outputs\": [], \"source\": \"\"}";

    private static String failed(String name, String value) {
        return "{\"cell_type\": \"code\", \"metadata\": {\"papermill\": {\"start_time\": \"2026\"}}, \"outputs\": ["
                + "{\"name\": \"stdout\", \"output_type\": \"stream\", \"text\": [\"a\"]},"
                + "{\"ename\": \"" + name + "\", \"evalue\": \"" + value
                + "\", \"output_type\": \"error\", \"traceback\": [\"x\"]}]}";
    }

    private static String notebook(String... cells) {
        return "{\"cells\": [" + String.join(",", cells)
                + "], \"metadata\": {\"papermill\": {\"parameters\": {\"x\": NaN, \"y\": -Infinity}}}, \"nbformat\": 4}";
    }

    private static Evidence read(String json, boolean injectedCellIsNew) throws IOException {
        return EvidenceReader.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), injectedCellIsNew);
    }

    @Test
    void anErrorIsCountedWithoutWhatPapermillAdded() throws IOException {
        String json = notebook(MARKER, BEGUN, INJECTED, BEGUN, MARKER, failed("ValueError", "no data"), NOT_BEGUN);

        assertThat(read(json, true))
                .isEqualTo(new Evidence(
                        Optional.of(new CellError("ValueError", "no data", OptionalInt.of(3))),
                        OptionalInt.of(3),
                        OptionalInt.empty(),
                        true));
        assertThat(read(json, false).error().orElseThrow().cell())
                .as("a cell of parameters that was there before counts")
                .isEqualTo(OptionalInt.of(4));
    }

    @Test
    void theLastErrorIsTheOneThatEndedTheRun() throws IOException {
        assertThat(read(notebook(failed("KeyError", "allowed"), failed("ValueError", "fatal")), false)
                        .error()
                        .orElseThrow()
                        .describe())
                .isEqualTo("ValueError: fatal (cell 2)");
    }

    @Test
    void anExitWithZeroOrNothingIsNoError() throws IOException {
        assertThat(read(notebook(failed("SystemExit", "0")), false).error()).isEmpty();
        assertThat(read(notebook(failed("SystemExit", "")), false).error()).isEmpty();
        assertThat(read(notebook(failed("SystemExit", "3")), false).error()).isPresent();
    }

    @Test
    void anErrorThatItsCellMayRaiseIsNone() throws IOException {
        String allowed = failed("KeyError", "allowed")
                .replace("\"metadata\": {", "\"metadata\": {\"tags\":" + " [\"raises-exception\"], ");

        assertThat(read(notebook(allowed, BEGUN), false).error()).isEmpty();
        assertThat(read(notebook(failed("ValueError", "fatal"), allowed), false)
                        .error()
                        .orElseThrow()
                        .cell())
                .hasValue(1);
    }

    @Test
    void aCellThatPapermillCallsFailedIsKnownAlsoWhenItLeftNoError() throws IOException {
        String silent = BEGUN.replace("completed", "failed");
        String exited = failed("SystemExit", "0").replace("\"2026\"", "\"2026\", \"status\": \"failed\"");

        assertThat(read(notebook(BEGUN, silent, NOT_BEGUN), false).failed()).hasValue(2);
        assertThat(read(notebook(BEGUN, exited, NOT_BEGUN), false).failed()).isEmpty();
        assertThat(read(notebook(BEGUN), false).failed()).isEmpty();
    }

    @Test
    void anErrorOf20MillionCharactersIsNamedWithItsBeginning() throws IOException {
        Evidence evidence =
                read(notebook(failed("x".repeat(20_000_000), "status 500: " + "z".repeat(20_000_000))), false);

        assertThat(evidence.whole()).isTrue();
        assertThat(evidence.error().orElseThrow().message())
                .startsWith("status 500: zzz")
                .hasSize(2002);
    }

    @Test
    void whatMetadataSaysOfCellsThatNeverBeganIsNotBelieved() throws IOException {
        assertThat(read(notebook(NOT_BEGUN, NOT_BEGUN), false).lastBegun()).isEmpty();
        assertThat(read(notebook(BEGUN, BEGUN, NOT_BEGUN), false).lastBegun()).isEqualTo(OptionalInt.of(2));
    }

    @Test
    void coloursAndLengthAreTakenFromMessages() throws IOException {
        String message = read(
                        notebook(failed("ValueError", "\\u001b[0;31mred\\u001b[0m\\r " + "x".repeat(5000))), false)
                .error()
                .orElseThrow()
                .message();

        assertThat(message).startsWith("red x").endsWith("x …").hasSize(2002);
    }

    @Test
    void aTornNotebookIsEvidenceUpToTheTear() throws IOException {
        String json = notebook(BEGUN, failed("ValueError", "no data"), BEGUN);
        for (int length = 0; length < json.length(); length++) {
            assertThat(read(json.substring(0, length), false).whole())
                    .as("the first " + length + " characters")
                    .isFalse();
        }

        Evidence torn = read(json.substring(0, json.lastIndexOf("cell_type")), false);
        assertThat(torn.error().orElseThrow().describe()).isEqualTo("ValueError: no data (cell 2)");
        assertThat(torn.lastBegun()).isEqualTo(OptionalInt.of(2));
    }

    @Test
    void whatIsNoNotebookIsNotWhole() throws IOException {
        assertThat(read("", false)).isEqualTo(Evidence.NONE);
        assertThat(read("[]", false)).isEqualTo(Evidence.NONE);
        assertThat(read("{}", false)).isEqualTo(Evidence.NONE);
        assertThat(read(notebook() + "x", false).whole()).isFalse();
        assertThat(EvidenceReader.read(Path.of("/does/not/exist"), false)).isEqualTo(Evidence.NONE);
    }

    @Test
    void outputsOfAnySizeAreSkippedWithoutBeingHeld() throws IOException {
        // 1.2 GB of one string, in a JVM that has less than half of that.
        byte[] part = "0123456789abcdef".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
        InputStream huge = new SequenceInputStream(Collections.enumeration(List.of(
                stream("{\"cells\": [{\"outputs\": [{\"output_type\": \"stream\", \"text\": \""),
                new SequenceInputStream(Collections.enumeration(IntStream.range(0, 1200)
                        .mapToObj(i -> (InputStream) new ByteArrayInputStream(part))
                        .toList())),
                stream("\"}]}, " + failed("ValueError", "after it") + "]}"))));

        Evidence evidence = EvidenceReader.read(huge, false);

        assertThat(evidence.error().orElseThrow().describe()).isEqualTo("ValueError: after it (cell 2)");
        assertThat(evidence.whole()).isTrue();
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}

package io.nbguard.papermill.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.papermill.notebook.Evidence.CellError;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptReaderTest {

    private final List<String> told = new ArrayList<>();

    private ScriptReader reader(OptionalInt addedCell) {
        return new ScriptReader(addedCell, new ScriptReader.Listener() {
            @Override
            public void cells(int done, int total) {
                told.add(done + "/" + total);
            }

            @Override
            public void begun() {
                told.add("begun");
            }

            @Override
            public void note(String message) {
                told.add("note " + message);
            }
        });
    }

    private static final String SESSION = """
            {"is": "progress", "done": 0, "total": 3}
            {"is": "cell", "index": 0}
            {"is": "progress", "done": 1, "total": 3}
            {"is": "note", "text": "the disk is full"}
            {"is": "cell", "index": 1}
            {"is": "error", "index": 1, "name": "ValueError", "text": "no data \\u001b[0m\\u00e9"}
            {"is": "remark", "text": "output is missing"}
            """;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 50, 10_000})
    void whatIsToldIsUnderstoodInWhateverChunksItComes(int size) {
        ScriptReader reader = reader(OptionalInt.empty());
        for (int i = 0; i < SESSION.length(); i += size) {
            reader.accept(SESSION.substring(i, Math.min(SESSION.length(), i + size)));
        }

        assertThat(told).containsExactly("0/3", "begun", "1/3", "note the disk is full", "note output is missing");
        ScriptReport report = reader.report();
        assertThat(report.done()).isEqualTo(1);
        assertThat(report.total()).hasValue(3);
        assertThat(report.isComplete()).isFalse();
        assertThat(report.lastBegun()).hasValue(2);
        assertThat(report.error()).contains(new CellError("ValueError", "no data é", OptionalInt.of(2)));
        assertThat(report.remarks()).containsExactly("output is missing");
    }

    @Test
    void cellsAreCountedAndNumberedWithoutTheOneThatPapermillAdds() {
        ScriptReader reader = reader(OptionalInt.of(1));
        reader.accept("""
                {"is": "progress", "done": 0, "total": 4}
                {"is": "progress", "done": 1, "total": 4}
                {"is": "progress", "done": 2, "total": 4}
                {"is": "cell", "index": 2}
                {"is": "progress", "done": 3, "total": 4}
                {"is": "exit", "index": 2}
                """);

        assertThat(told).containsExactly("0/3", "1/3", "1/3", "begun", "2/3");
        assertThat(reader.report().lastBegun()).hasValue(2);
        assertThat(reader.report().exit()).hasValue(2);
        reader.accept("{\"is\": \"error\", \"index\": 1, \"name\": \"NameError\"}\n");
        assertThat(reader.report().error())
                .as("in papermill's own cell")
                .contains(new CellError("NameError", "", OptionalInt.empty()));
    }

    @Test
    void anExceptionOfPapermillIsKeptWithItsFacts() {
        ScriptReader reader = reader(OptionalInt.empty());
        reader.accept(
                "{\"is\": \"failure\", \"type\": \"NotWritten\", \"message\": \"[Errno 28] No space left on device\","
                        + " \"errno\": 28, \"module\": null}\n");

        assertThat(reader.report().failure().orElseThrow().describe())
                .isEqualTo("the disk is full: the executed notebook could not be written: [Errno 28] No space left on"
                        + " device");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Executing:  50%|#####     | 1/2 [00:01<00:01,  1.00s/cell]",
                "[]",
                "{",
                "{\"is\": \"progress\"}",
                "{\"is\": \"progress\", \"done\": \"x\", \"total\": 99999999999}",
                "{\"is\": \"cell\", \"index\": null}",
                "{\"is\": \"something new\"}",
                "{\"is\": [1]}"
            })
    void whatIsNotUnderstoodIsPassedOver(String line) {
        ScriptReader reader = reader(OptionalInt.empty());
        reader.accept(line + "\n{\"is\": \"progress\", \"done\": 1, \"total\": 2}\n");

        assertThat(told).containsExactly("1/2");
    }

    @Test
    void aHugeLineIsNotHeldAndRemarksHaveAnEnd() {
        ScriptReader reader = reader(OptionalInt.empty());
        String chunk = "x".repeat(1 << 16);
        for (int i = 0; i < 4000; i++) {
            reader.accept(chunk);
        }
        reader.accept("\n");
        for (int i = 0; i < 100; i++) {
            reader.accept("{\"is\": \"remark\", \"text\": \"" + i + "\"}\n");
        }

        assertThat(told).hasSize(20).first().isEqualTo("note 0");
        assertThat(reader.report().remarks()).hasSize(20);
    }
}

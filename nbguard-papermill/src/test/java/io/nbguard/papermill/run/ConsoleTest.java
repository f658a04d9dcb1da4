package io.nbguard.papermill.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConsoleTest {

    private final List<String> told = new ArrayList<>();
    private final Console console = new Console(new Console.Listener() {
        @Override
        public void cells(int done, int total) {
            String now = done + "/" + total;
            // Told again when the bar's line ends: that is allowed.
            if (told.isEmpty() || !told.get(told.size() - 1).equals(now)) {
                told.add(now);
            }
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

    private static final String SESSION = "Input Notebook:  /n.ipynb\n"
            + "\rExecuting:   0%|          | 0/3 [00:00<?, ?cell/s]Executing notebook with kernel: python3\n"
            + "\rExecuting:   0%|          | 0/3 [00:01<?, ?cell/s, running]"
            + "\rExecuting:  33%|███▎      | 1/3 [00:01<00:02,  1.29cell/s, running]"
            + "\rExecuting: 100%|██████████| 3/3 [00:03<00:00,  1.55s/cell, running]\n"
            + "nbguard: something to know\n";

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 50, 10_000})
    void progressIsUnderstoodInWhateverChunksItComes(int size) {
        for (int i = 0; i < SESSION.length(); i += size) {
            console.accept(SESSION.substring(i, Math.min(SESSION.length(), i + size)));
        }
        console.end();

        assertThat(told).containsExactly("0/3", "begun", "0/3", "1/3", "3/3", "note something to know");
        assertThat(console.tail())
                .containsExactly(
                        "Input Notebook:  /n.ipynb",
                        "Executing notebook with kernel: python3",
                        "nbguard: something to know");
    }

    @Test
    void aBarIsToldBeforeItsLineEnds() {
        console.accept("\rExecuting:  50%|#####     | 1/2 [00:01<00:01,  1.00s/cell]");

        assertThat(told).containsExactly("begun", "1/2");
    }

    @Test
    void aDescriptionOfTheCellIsNoObstacle() {
        console.accept("\rExecuting load_data:  50%|#####     | 1/2 [00:01<00:01,  1.00s/cell]");

        assertThat(told).contains("1/2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Executing",
                "Executing:  50%|",
                "Executing: 0cell [00:00, ?cell/s]",
                "Executing:  50%|###| 3/2 [00:01]",
                "Executing:  50%|###| 99999999999/99999999999 [00:01]",
                "Downloading:  50%|###| 1/2 [00:01]"
            })
    void whatOnlyLooksLikeProgressIsText(String line) {
        console.accept(line + "\n");

        assertThat(told).isEmpty();
        assertThat(console.tail()).containsExactly(line);
    }

    @Test
    void aHugeLineIsNotKept() {
        String chunk = "x".repeat(1 << 16);
        for (int i = 0; i < 1600; i++) {
            console.accept(chunk);
        }
        console.accept("\rExecuting:  50%|#####     | 1/2 [00:01<00:01,  1.00s/cell]");

        assertThat(told).contains("1/2");
        assertThat(console.tail()).singleElement().asString().hasSize(8192);
    }

    @Test
    void onlyTheLast64KibiCharactersAreKept() {
        for (int i = 0; i < 20_000; i++) {
            console.accept("line " + i + "\n");
        }

        List<String> tail = console.tail();
        assertThat(tail).last().isEqualTo("line 19999");
        assertThat(tail.stream().mapToInt(line -> line.length() + 1).sum()).isBetween(60_000, 65_536);
    }
}

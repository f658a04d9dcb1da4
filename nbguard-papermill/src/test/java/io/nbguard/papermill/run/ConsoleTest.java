package io.nbguard.papermill.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConsoleTest {

    private final Console console = new Console();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 50, 10_000})
    void linesAreKeptInWhateverChunksTheyCome(int size) {
        String printed = "Input Notebook:  /n.ipynb\n\n\rone\rtwo\nlast";
        for (int i = 0; i < printed.length(); i += size) {
            console.accept(printed.substring(i, Math.min(printed.length(), i + size)));
        }
        console.end();

        assertThat(console.tail()).containsExactly("Input Notebook:  /n.ipynb", "one", "two", "last");
    }

    @Test
    void aHugeLineIsNotKept() {
        String chunk = "x".repeat(1 << 16);
        for (int i = 0; i < 1600; i++) {
            console.accept(chunk);
        }
        console.end();

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

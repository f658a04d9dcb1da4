package io.nbguard.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.cli.text.Line;
import io.nbguard.cli.text.Style;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LiveRegionTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private Terminal terminal(boolean redraws, boolean colours, int columns, int rows) {
        return new Terminal(
                new PrintStream(bytes, false, StandardCharsets.UTF_8),
                redraws,
                colours,
                TerminalSize.fixed(columns, rows));
    }

    private String written() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aPipeGetsOnlyTheLinesThatStay() {
        try (LiveRegion region = new LiveRegion(terminal(false, false, 80, 24))) {
            region.show(List.of(Line.of("live", Style.GOOD)));
            region.print(Line.of("stays", Style.ALARM));
            region.show(List.of(Line.of("live again")));
        }

        assertThat(written()).isEqualTo("stays\n");
    }

    @Test
    void aTerminalIsRedrawnFromTheFirstLineOfTheRegion() {
        VirtualScreen screen = new VirtualScreen();
        try (LiveRegion region = new LiveRegion(terminal(true, false, 80, 24))) {
            region.show(List.of(Line.of("one"), Line.of("two")));
            region.print(Line.of("stays"));
            region.show(List.of(Line.of("1")));
            assertThat(screen.after(written())).containsExactly("stays", "1");
            region.show(List.of(Line.of("1"), Line.of("2"), Line.of("3")));
            assertThat(screen.after(written())).containsExactly("stays", "1", "2", "3");
        }
        assertThat(screen.after(written())).containsExactly("stays");
        assertThat(written()).startsWith("\u001b[?25l").endsWith("\u001b[?25h");
    }

    @Test
    void theRegionNeverOutgrowsTheScreen() {
        VirtualScreen screen = new VirtualScreen();
        try (LiveRegion region = new LiveRegion(terminal(true, false, 10, 4))) {
            region.show(
                    List.of(Line.of("a line longer than ten"), Line.of("2"), Line.of("3"), Line.of("4"), Line.of("5")));
            assertThat(screen.after(written())).containsExactly("a line lo…", "2", "3");
        }
    }

    @Test
    void stylesAreShownOnlyWhereColoursAre() {
        terminal(false, true, 80, 24).print(Line.of("kill", Style.ALARM));
        terminal(false, false, 80, 24).print(Line.of("kill", Style.ALARM));

        assertThat(written()).isEqualTo("\u001b[1;31mkill\u001b[0m\nkill\n");
    }

    @Test
    void dumbTerminalsAndNoColorAreRespected() {
        assertThat(Terminal.movesCursor(Map.of("TERM", "xterm-256color"))).isTrue();
        assertThat(Terminal.movesCursor(Map.of("TERM", "dumb"))).isFalse();
        assertThat(Terminal.movesCursor(Map.of())).isFalse();
        assertThat(Terminal.wantsColour(Map.of())).isTrue();
        assertThat(Terminal.wantsColour(Map.of("NO_COLOR", ""))).isTrue();
        assertThat(Terminal.wantsColour(Map.of("NO_COLOR", "1"))).isFalse();
    }
}

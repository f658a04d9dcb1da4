package io.nbguard.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nbguard.cli.Nbguard;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person sees who resizes the window while something is redrawn in it: a real terminal, both streams on it. */
class ResizeTest {

    private static final Duration LONGEST = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    @BeforeEach
    void needsTmux() {
        assumeTrue(Tmux.isThere(), "there is no tmux here");
    }

    private Tmux start(Class<?> main, String... arguments) throws IOException {
        return Tmux.start(
                folder, Map.of("NBGUARD_RUNTIME_DIR", folder.resolve("runtime").toString()), command(main, arguments));
    }

    private static List<String> command(Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dnbguard.terminal.out=true",
                "-Dnbguard.terminal.err=true",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    @Test
    void aRegionThatWasDrawnBeforeAResizeIsReplacedWhole() throws IOException {
        Path told = folder.resolve("told");
        try (Tmux window = start(RegionProgram.class, told.toString())) {
            awaitText(told, "1 80 80");
            awaitScreen(window, screen(1, 80));

            window.resize(30, 24);
            awaitText(told, "1 30 30");
            window.press("d");
            awaitText(told, "2 30 30");
            awaitScreen(window, screen(2, 30));

            window.resize(120, 40);
            awaitText(told, "2 120 120");
            window.press("d");
            awaitText(told, "3 120 120");
            awaitScreen(window, screen(3, 120));
        }
    }

    private static List<String> screen(int frame, int columns) {
        List<String> lines = new ArrayList<>();
        for (int i = 1; i <= RegionProgram.LINES_ABOVE; i++) {
            lines.add("stays " + i);
        }
        lines.add(line("first " + frame, columns));
        lines.add(line("second " + frame, columns));
        return lines;
    }

    private static String line(String text, int columns) {
        return text + " " + "-".repeat(columns - text.length() - 2) + "…";
    }

    /** The terminal may read what the program has drawn after the program has reported it. */
    private static void awaitScreen(Tmux window, List<String> screen) {
        await().atMost(LONGEST).untilAsserted(() -> assertThat(window.lines()).containsExactlyElementsOf(screen));
    }

    private static void awaitText(Path file, String text) {
        await().atMost(LONGEST)
                .untilAsserted(() -> assertThat(file).exists().content().isEqualTo(text));
    }

    @Test
    void topFillsAWindowThatWasResized() throws IOException {
        try (Tmux window = start(Nbguard.class, "top", "--interval", "200ms")) {
            await().atMost(LONGEST)
                    .untilAsserted(() -> assertThat(window.lines()).anyMatch(line -> line.startsWith("memory")));
            window.resize(40, 24);
            await().atMost(LONGEST).untilAsserted(() -> assertThat(window.lines())
                    .anyMatch(line -> line.endsWith("…"))
                    .filteredOn(line -> line.startsWith("memory"))
                    .hasSize(1));
            window.resize(200, 24);
            await().atMost(LONGEST).untilAsserted(() -> assertThat(window.lines())
                    .anyMatch(line -> line.length() > 60)
                    .noneMatch(line -> line.endsWith("…")));
        }
    }
}

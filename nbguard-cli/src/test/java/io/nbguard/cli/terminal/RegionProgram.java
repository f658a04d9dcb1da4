package io.nbguard.cli.terminal;

import io.nbguard.cli.text.Line;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * Draws a live region on standard output whenever a key is pressed; standard error is in use as well, as it is in the
 * {@code nbguard} command. Its window's size stands in a file, so that a test knows when a resize was noticed.
 */
final class RegionProgram {

    /** More than a screen has: the region then is at its bottom, where tmux keeps all of it when it wraps. */
    static final int LINES_ABOVE = 30;

    private RegionProgram() {}

    /** Draws frame after frame until {@code q} is pressed; the argument names the file. */
    public static void main(String[] arguments) throws IOException {
        Terminal out = Terminal.standardOutput();
        Terminal err = Terminal.standardError();
        Path told = Path.of(arguments[0]);
        int frame = 0;
        try (Keys keys = Keys.open();
                LiveRegion region = new LiveRegion(out)) {
            for (int i = 1; i <= LINES_ABOVE; i++) {
                region.print(Line.of("stays " + i));
            }
            for (int key = 'd'; key != 'q'; key = keys.read()) {
                if (key == 'd') {
                    frame++;
                    region.show(List.of(Line.of(filled("first " + frame)), Line.of(filled("second " + frame))));
                }
                tell(told, frame + " " + out.width() + " " + err.width());
            }
        }
    }

    /** Returns text as long as the widest window of the test is wide. */
    private static String filled(String text) {
        return text + " " + "-".repeat(199 - text.length());
    }

    private static void tell(Path file, String text) throws IOException {
        Path draft = file.resolveSibling("draft");
        Files.writeString(draft, text);
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }
}

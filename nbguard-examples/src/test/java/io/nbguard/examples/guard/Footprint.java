package io.nbguard.examples.guard;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A process, told from a later one of the same id by its start.
 *
 * @param name what it is called in a test
 * @param pid its id
 * @param startTicks when it started, in clock ticks since boot
 */
record Footprint(String name, long pid, long startTicks) {

    static final String ENDING = ".process";

    /** Reads what {@code footprint.py} wrote. */
    static Footprint read(Path file) throws IOException {
        String[] fields = Files.readString(file).split(" ");
        String name = file.getFileName().toString();
        return new Footprint(
                name.substring(0, name.length() - ENDING.length()),
                Long.parseLong(fields[0]),
                Long.parseLong(fields[1]));
    }

    /** Returns whether it lives; a zombie does not. */
    boolean lives() {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return Long.parseLong(fields[19]) == startTicks && !"ZX".contains(fields[0]);
        } catch (IOException gone) {
            return false;
        }
    }
}

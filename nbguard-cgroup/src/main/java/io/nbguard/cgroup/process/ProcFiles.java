package io.nbguard.cgroup.process;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Reads small files of procfs at once, by streams: unlike {@code java.nio.file.Files}, an interrupted thread may. */
final class ProcFiles {

    private ProcFiles() {}

    static byte[] bytes(Path file) throws IOException {
        try (FileInputStream stream = new FileInputStream(file.toFile())) {
            return stream.readAllBytes();
        }
    }

    static String text(Path file) throws IOException {
        return new String(bytes(file), StandardCharsets.UTF_8);
    }
}

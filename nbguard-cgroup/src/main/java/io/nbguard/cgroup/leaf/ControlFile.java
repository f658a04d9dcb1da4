package io.nbguard.cgroup.leaf;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads and writes the files of cgroups by streams, which an interrupted thread may use: a kill must not fail because its
 * thread was interrupted.
 */
final class ControlFile {

    private ControlFile() {}

    /**
     * Writes a value at once.
     *
     * @throws IOException if the kernel refuses it, or there is no such file
     */
    static void write(Path file, String value) throws IOException {
        // A stream would try to create it, and the refusal of that misleads.
        if (!file.toFile().exists()) {
            throw new NoSuchFileException(file.toString());
        }
        try (FileOutputStream out = new FileOutputStream(file.toFile())) {
            out.write(value.getBytes(StandardCharsets.US_ASCII));
        } catch (FileNotFoundException e) {
            throw notOpened(file);
        }
    }

    /** Writes a value where there is such a file and the kernel takes it; returns whether that was so. */
    static boolean tryWrite(Path file, String value) {
        try {
            write(file, value);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns the text without the line's end. */
    static String read(Path file) throws IOException {
        try (FileInputStream in = new FileInputStream(file.toFile())) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (FileNotFoundException e) {
            throw notOpened(file);
        }
    }

    /** Streams say why only in the user's language. */
    private static IOException notOpened(Path file) {
        return file.toFile().exists()
                ? new AccessDeniedException(file.toString())
                : new NoSuchFileException(file.toString());
    }

    /** Returns the words of a file. */
    static List<String> words(Path file) throws IOException {
        String text = read(file);
        return text.isEmpty() ? List.of() : List.of(text.split("\\s+"));
    }

    /** Returns the number of a key in a file of {@code name value} lines, or -1 if it cannot be had. */
    static long number(Path file, String key) {
        try {
            for (String line : read(file).split("\n")) {
                if (line.startsWith(key + " ")) {
                    return Long.parseLong(line.substring(key.length() + 1).strip());
                }
            }
            return -1;
        } catch (IOException | NumberFormatException e) {
            return -1;
        }
    }

    /** Returns the ids in a {@code cgroup.procs}; 0 stands for a process that this PID namespace does not show. */
    static List<Long> pids(Path group) throws IOException {
        List<Long> pids = new ArrayList<>();
        for (String word : words(group.resolve("cgroup.procs"))) {
            pids.add(Long.parseLong(word));
        }
        return pids;
    }

    /** Returns the groups right below one; empty if it cannot be listed. */
    static List<Path> children(Path group) {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(group, Files::isDirectory)) {
            all.forEach(children::add);
        } catch (IOException | DirectoryIteratorException e) {
            // Removed by another guard while it was listed.
            return children;
        }
        return children;
    }
}

package io.nbguard.papermill.run;

import io.nbguard.api.internal.UntrustedFiles;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.Properties;

/**
 * What is to be known of a run to understand what it shows.
 *
 * @param interpreter the Python that it uses
 * @param kernel the kernel that was asked for
 * @param newInjectedCell where papermill adds its cell of parameters to the notebook; empty if it adds none, or replaces one
 */
record RunFacts(Path interpreter, String kernel, OptionalInt newInjectedCell) {

    private static final int LARGEST = 1 << 20;

    /**
     * Writes them for a guard that takes the run up.
     *
     * @throws IOException if they cannot be written
     */
    void write(Path file) throws IOException {
        Properties lines = new Properties();
        lines.setProperty("interpreter", interpreter.toString());
        lines.setProperty("kernel", kernel);
        newInjectedCell.ifPresent(cell -> lines.setProperty("injectedCell", Integer.toString(cell)));
        try (Writer out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            lines.store(out, null);
        }
    }

    /**
     * Reads what {@link #write} has left.
     *
     * @throws IOException if there is nothing, or something else
     */
    static RunFacts read(Path file) throws IOException {
        Properties lines = new Properties();
        try (Reader in = new StringReader(UntrustedFiles.text(file, LARGEST))) {
            lines.load(in);
            String cell = lines.getProperty("injectedCell");
            return new RunFacts(
                    Path.of(lines.getProperty("interpreter", "")),
                    lines.getProperty("kernel", ""),
                    cell == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(cell)));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is torn", e);
        }
    }
}

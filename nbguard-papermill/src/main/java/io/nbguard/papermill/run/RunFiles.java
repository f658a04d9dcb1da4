package io.nbguard.papermill.run;

import io.nbguard.spi.executor.LaunchContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The files of one run.
 *
 * @param temporary what the notebook gets as TMPDIR
 * @param own our own folder in it, mode 0700: scripts, parameters, reports, the kernel's connection file
 * @param output where papermill writes the executed notebook
 */
record RunFiles(Path temporary, Path own, Path output) {

    /**
     * Makes the folders.
     *
     * @throws IOException if they cannot be made
     */
    static RunFiles in(LaunchContext context) throws IOException {
        RunFiles files = leftIn(context);
        Files.createDirectory(
                files.own(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.createDirectory(files.jupyterRuntime());
        return files;
    }

    /** Returns those that were made already. */
    static RunFiles leftIn(LaunchContext context) {
        // A name of our own: the notebook's may be too long for the suffix that it has while it is written.
        return new RunFiles(
                context.temporaryDirectory(),
                context.temporaryDirectory().resolve(".nbguard"),
                context.stagingDirectory().resolve("executed.ipynb"));
    }

    Path jupyterRuntime() {
        return own.resolve("jupyter");
    }

    /** Where our script reports what happens, see {@link ScriptChannel}. */
    Path channel() {
        return own.resolve("nbguard_channel");
    }

    /** Where {@link RunFacts} are left. */
    Path facts() {
        return own.resolve("run.properties");
    }

    /**
     * Writes the parameters to a file that only this user can read.
     *
     * @throws IOException if it cannot be written
     */
    Path writeParameters(String yaml) throws IOException {
        Path file = own.resolve("parameters.yaml");
        try (var out = Files.newByteChannel(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer bytes = ByteBuffer.wrap(yaml.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        }
        return file;
    }
}

package io.nbguard.core;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder that a guard needs to write to. */
final class WritableFolder {

    private WritableFolder() {}

    /**
     * Makes it if it is not there, and writes to it: permissions do not show that a file system is mounted read-only.
     *
     * @param what it is, for a person
     * @throws GuardException (ENVIRONMENT) if that is not possible
     */
    static void make(String what, Path folder) {
        try {
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, ".nbguard-", null));
        } catch (IOException | RuntimeException e) {
            throw new GuardException(
                    ErrorCode.ENVIRONMENT,
                    "the " + what + " " + folder + " cannot be written (" + e
                            + "): choose another, or let this user write there",
                    e);
        }
    }
}

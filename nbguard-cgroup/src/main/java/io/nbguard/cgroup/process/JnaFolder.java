package io.nbguard.cgroup.process;

import io.nbguard.api.GuardException;
import io.nbguard.spi.process.UserFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where JNA unpacks its library for a moment. By itself it takes the cache folder in Java's {@code user.home}: not this user's
 * where {@code HOME} says otherwise, and a folder called {@code ?} in the current one where the user is in no password file.
 */
final class JnaFolder {

    private static final String PROPERTY = "jna.tmpdir";

    private JnaFolder() {}

    /**
     * Sets JNA's folder to a better place, unless the host has set it, or JNA's default is right. Call before the first use
     * of JNA.
     */
    static void choose() {
        String asJavaSees = System.getProperty("user.home", "");
        if (System.getProperty(PROPERTY) == null && !asJavaSees.equals(System.getenv("HOME"))) {
            System.setProperty(PROPERTY, folder());
        }
    }

    /** Returns the cache folder, or the one for temporary files where no file can be made in it: a root's, a read-only one. */
    private static String folder() {
        String temporary = System.getProperty("java.io.tmpdir", "/tmp");
        try {
            Path folder = UserFolders.ofThisProcess().cache().resolve("JNA").resolve("temp");
            Files.createDirectories(folder);
            return Files.isWritable(folder) ? folder.toString() : temporary;
        } catch (GuardException | IOException homeless) {
            return temporary;
        }
    }
}

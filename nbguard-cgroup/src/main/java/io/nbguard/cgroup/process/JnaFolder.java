package io.nbguard.cgroup.process;

import io.nbguard.api.GuardException;
import io.nbguard.spi.UserFolders;
import java.nio.file.Path;

/**
 * Where JNA unpacks its library for a moment. By itself it takes the cache folder in Java's {@code user.home}: not this user's
 * where {@code HOME} says otherwise, and a folder called {@code ?} in the current one where the user is in no password file.
 */
final class JnaFolder {

    private static final String PROPERTY = "jna.tmpdir";

    private JnaFolder() {}

    /** Tells JNA a better place, unless the host has told it one, or what it would take is right. To be called before JNA. */
    static void choose() {
        String asJavaSees = System.getProperty("user.home", "");
        if (System.getProperty(PROPERTY) == null && !asJavaSees.equals(System.getenv("HOME"))) {
            System.setProperty(PROPERTY, folder());
        }
    }

    private static String folder() {
        try {
            Path cache = UserFolders.ofThisProcess().cache();
            return cache.resolve("JNA").resolve("temp").toString();
        } catch (GuardException homeless) {
            return System.getProperty("java.io.tmpdir", "/tmp");
        }
    }
}

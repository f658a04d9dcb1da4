package io.nbguard.server.version;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of nbguard, as the build wrote it. */
public final class NbguardVersion {

    private NbguardVersion() {}

    /** Returns the version, such as {@code 0.1.0}; {@code unknown} where its file was left out of a repackaged jar. */
    public static String text() {
        Properties properties = new Properties();
        try (InputStream input = NbguardVersion.class.getResourceAsStream("version.properties")) {
            if (input != null) {
                properties.load(input);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the version of nbguard cannot be read from its jar", e);
        }
        return properties.getProperty("version", "unknown");
    }
}

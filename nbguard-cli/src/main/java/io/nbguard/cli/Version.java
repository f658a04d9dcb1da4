package io.nbguard.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine;

/** The version of nbguard and of the Java that runs it. */
final class Version implements CommandLine.IVersionProvider {

    /** Made by picocli. */
    Version() {}

    @Override
    public String[] getVersion() throws IOException {
        return new String[] {"nbguard " + nbguard() + " (Java " + System.getProperty("java.version") + ")"};
    }

    /** Returns the version of nbguard. */
    static String nbguard() throws IOException {
        Properties properties = new Properties();
        try (InputStream input = Version.class.getResourceAsStream("version.properties")) {
            if (input != null) {
                properties.load(input);
            }
        }
        return properties.getProperty("version", "unknown");
    }
}

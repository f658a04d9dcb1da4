package io.nbguard.cli;

import io.nbguard.server.version.NbguardVersion;
import picocli.CommandLine;

/** The version of nbguard and of the Java that runs it. */
final class Version implements CommandLine.IVersionProvider {

    /** Made by picocli. */
    Version() {}

    @Override
    public String[] getVersion() {
        return new String[] {"nbguard " + NbguardVersion.text() + " (Java " + System.getProperty("java.version") + ")"};
    }
}

/** The {@code nbguard} command. */
module io.nbguard.cli {
    requires io.nbguard.cgroup;
    requires io.nbguard.core;
    requires io.nbguard.papermill;
    requires io.nbguard.server;
    requires static org.jspecify;
    requires com.fasterxml.jackson.core;
    requires info.picocli;
    requires java.net.http;
    // sun.misc.Signal, reached by reflection: Ctrl-C.
    requires jdk.unsupported;

    opens io.nbguard.cli to
            info.picocli;
}

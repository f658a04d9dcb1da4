/** The {@code nbguard} command, small example hosts, and a sample kill policy of a third party. */
module io.nbguard.examples {
    requires io.nbguard.api;
    requires io.nbguard.cgroup;
    requires io.nbguard.core;
    requires io.nbguard.papermill;
    requires static org.jspecify;
    requires com.fasterxml.jackson.core;
    requires info.picocli;
    requires io.javalin;
    requires jakarta.servlet;
    requires java.net.http;
    requires kotlin.stdlib;
    requires org.eclipse.jetty.ee10.websocket.jetty.server;
    requires org.eclipse.jetty.http;
    requires org.eclipse.jetty.server;
    requires org.eclipse.jetty.util;
    requires org.eclipse.jetty.websocket.api;
    requires org.slf4j;
    // sun.misc.Signal, reached by reflection: Ctrl-C.
    requires jdk.unsupported;

    opens io.nbguard.examples.cli to
            info.picocli;

    provides io.nbguard.spi.KillPolicy with
            io.nbguard.examples.policy.SpareTheNearlyDone;
}

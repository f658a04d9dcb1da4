/** A guard behind HTTP: an interface for programs, live streams, and a page. Hosts use {@code io.nbguard.server}. */
module io.nbguard.server {
    requires transitive io.nbguard.core;
    requires static org.jspecify;
    requires com.fasterxml.jackson.core;
    requires io.javalin;
    requires jakarta.servlet;
    requires kotlin.stdlib;
    requires org.eclipse.jetty.ee10.websocket.jetty.server;
    requires org.eclipse.jetty.http;
    requires org.eclipse.jetty.server;
    requires org.eclipse.jetty.util;
    requires org.eclipse.jetty.websocket.api;
    requires org.slf4j;

    exports io.nbguard.server;
    exports io.nbguard.server.access to
            io.nbguard.cli;
    exports io.nbguard.server.json to
            io.nbguard.cli;
    exports io.nbguard.server.notebook to
            io.nbguard.cli;
    exports io.nbguard.server.version to
            io.nbguard.cli;
}

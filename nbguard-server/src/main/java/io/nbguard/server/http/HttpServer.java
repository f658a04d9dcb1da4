package io.nbguard.server.http;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.compression.Gzip;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.util.JavalinBindException;
import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The HTTP server, with bounds on everything that a client can make it hold. */
public final class HttpServer implements AutoCloseable {

    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final Duration SOCKET_IDLE = Duration.ofSeconds(60);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(2);
    private static final int LONGEST_HEADERS = 16 << 10;
    private static final int LARGEST_SOCKET_MESSAGE = 1_024;
    // For accepting, selecting and what is done in between, such as refusing a stream too many.
    private static final int SPARE_THREADS = 16;

    private final Connections connections = Connections.usual();
    private final Javalin javalin;
    private final String host;
    private final int port;

    /**
     * Makes it; {@link #start} opens the port.
     *
     * @param port 0 for any that is free
     * @param streams how many requests may stay open, each of which holds a thread
     * @param largestBody how many bytes a request's body may have
     * @param gate what bodies have to pass before they are read
     * @param refusals counts refused callers
     * @param routes registers what there is
     */
    public HttpServer(
            String host,
            int port,
            int streams,
            int largestBody,
            Gate gate,
            RefusalCount refusals,
            Consumer<RoutesConfig> routes) {
        this.host = host;
        this.port = port;
        Intake intake = new Intake(gate, HeapBudget.usual(), connections, largestBody, refusals);
        javalin = Javalin.create(config -> configure(config, streams, intake, routes));
    }

    private void configure(JavalinConfig config, int streams, Intake intake, Consumer<RoutesConfig> routes) {
        QueuedThreadPool pool = new QueuedThreadPool(streams + Places.URGENT + Places.OTHERS + SPARE_THREADS, 4);
        pool.setName("nbguard-http");
        pool.setDaemon(true);
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.http.compressionStrategy = compression();
        config.http.prefer405over404 = true;
        config.jetty.threadPool = pool;
        config.jetty.modifyHttpConfiguration(HttpServer::configure);
        config.jetty.modifyServer(server -> configure(server, intake));
        config.jetty.modifyWebSocketServletFactory(sockets -> {
            sockets.setMaxTextMessageSize(LARGEST_SOCKET_MESSAGE);
            sockets.setMaxBinaryMessageSize(LARGEST_SOCKET_MESSAGE);
            sockets.setIdleTimeout(SOCKET_IDLE);
        });
        config.jetty.addConnector((server, http) -> {
            ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
            connector.setHost(host);
            connector.setPort(port);
            connector.setIdleTimeout(IDLE.toMillis());
            connector.addEventListener(connections);
            return connector;
        });
        routes.accept(config.routes);
    }

    /** Text is compressed; not what is compressed already, a download whose size is announced, or a stream. */
    private static CompressionStrategy compression() {
        CompressionStrategy gzip = new CompressionStrategy(null, new Gzip());
        List<String> excluded = new ArrayList<>(gzip.getExcludedMimeTypes());
        excluded.addAll(List.of("application/x-ipynb+json", "text/event-stream", "font/"));
        gzip.setExcludedMimeTypes(excluded);
        return gzip;
    }

    private static void configure(HttpConfiguration http) {
        http.setRequestHeaderSize(LONGEST_HEADERS);
        http.setSendServerVersion(false);
        // Of what makes an address ambiguous, only the encoded slash and percent: notebooks have them in their names.
        http.setUriCompliance(UriCompliance.DEFAULT.with(
                "nbguard",
                UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR,
                UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING));
        http.addCustomizer((request, answer) -> {
            SecurityHeaders.ALL.forEach((name, value) -> answer.put(name, value));
            return request;
        });
    }

    private static void configure(Server server, Intake intake) {
        server.setHandler(intake);
        server.setErrorHandler(new JsonErrorHandler());
        server.setStopTimeout(LONGEST_STOP.toMillis());
        server.setStopAtShutdown(false);
    }

    /**
     * Opens the port.
     *
     * @throws GuardException (ENVIRONMENT) if that cannot be done; the message says what to do
     */
    public void start() {
        try {
            javalin.start();
        } catch (JavalinBindException e) {
            throw new GuardException(
                    ErrorCode.ENVIRONMENT,
                    "port " + port + " of " + host + " cannot be opened: another program (another serve?) has it, or it"
                            + " is not this user's to open. Choose another port (--port), or end that program",
                    e);
        }
    }

    /** Returns the port that is open. */
    public int port() {
        return javalin.port();
    }

    /** Closes the port, and waits a moment for the requests under way. */
    @Override
    public void close() {
        javalin.stop();
    }
}

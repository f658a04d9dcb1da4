package io.nbguard.server;

import io.javalin.config.RoutesConfig;
import io.nbguard.api.history.History;
import io.nbguard.core.NotebookGuard;
import io.nbguard.server.access.AllowedHosts;
import io.nbguard.server.access.RateLimiter;
import io.nbguard.server.api.ExecutionFilesApi;
import io.nbguard.server.api.ExecutionsApi;
import io.nbguard.server.api.NodeApi;
import io.nbguard.server.api.NotebooksApi;
import io.nbguard.server.api.PlainApi;
import io.nbguard.server.api.RecordsApi;
import io.nbguard.server.api.SchedulesApi;
import io.nbguard.server.api.SessionApi;
import io.nbguard.server.api.StreamsApi;
import io.nbguard.server.http.Dispatcher;
import io.nbguard.server.http.Gate;
import io.nbguard.server.http.HttpServer;
import io.nbguard.server.http.RefusalCount;
import io.nbguard.server.http.Route;
import io.nbguard.server.shape.LiveJson;
import io.nbguard.server.stream.Broadcaster;
import io.nbguard.server.stream.LiveFeed;
import io.nbguard.server.stream.SocketRoute;
import io.nbguard.server.version.NbguardVersion;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A guard behind HTTP: the interface that docs/http-api.md describes, live streams, and the page.
 *
 * <pre>{@code
 * try (NotebookGuard guard = NotebookGuard.builder().notebooks(dir).build();
 *         GuardServer server = GuardServer.builder().port(0).start(guard)) {
 *     log.info("the page is at {}", server.address());
 *     …
 * }
 * }</pre>
 *
 * <p>It has a port, threads and limits of its own, and shares nothing with another web server of the host. A request needs a
 * token: that of the operators, who may start, stop and schedule notebooks, or that of the viewers, who may only look. The server
 * does not own the guard: close the server first. Safe for use by any thread; several servers may have one guard.
 */
public final class GuardServer implements AutoCloseable {

    private static final int BURST = 10;
    private static final int FAILURE_BURST = 20;
    private static final int WITHOUT_TOKEN_PER_FAILURE = 10;

    private final Broadcaster broadcaster;
    private final LiveFeed feed;
    private final RefusalCount refusals;
    private final HttpServer http;
    private final List<Route> api;
    private final ServerSettings settings;

    private GuardServer(NotebookGuard guard, ServerSettings settings) {
        this.settings = settings;
        History history = guard.history();
        ServerSettings.Limits limits = settings.limits();
        Gate gate = new Gate(
                settings.tokens(),
                new AllowedHosts(settings.host(), settings.allowedHosts()),
                new RateLimiter(BURST * limits.looksPerSecond(), limits.looksPerSecond(), System::nanoTime),
                new RateLimiter(BURST * limits.changesPerSecond(), limits.changesPerSecond(), System::nanoTime),
                failures(limits.failuresPerSecond()),
                failures(WITHOUT_TOKEN_PER_FAILURE * limits.failuresPerSecond()));
        refusals = new RefusalCount(history::record);
        LiveJson liveJson = new LiveJson(guard);
        broadcaster = new Broadcaster(limits.streams());
        feed = new LiveFeed(guard, liveJson, broadcaster);
        Routes routes = routes(guard, history, settings, gate, liveJson);
        api = routes.api();
        Dispatcher dispatcher = new Dispatcher(gate, history::record, refusals);
        SocketRoute socket = new SocketRoute(gate, broadcaster, feed, limits.streams());
        http = new HttpServer(
                settings.host(),
                settings.port(),
                limits.streams(),
                limits.largestBody(),
                gate,
                refusals,
                config -> register(config, dispatcher, routes, socket));
    }

    private static RateLimiter failures(double perSecond) {
        return new RateLimiter(FAILURE_BURST * perSecond, perSecond, System::nanoTime);
    }

    private Routes routes(NotebookGuard guard, History history, ServerSettings settings, Gate gate, LiveJson liveJson) {
        ExecutionsApi executions = new ExecutionsApi(guard, history, liveJson);
        return new Routes(
                new SessionApi(guard, gate, NbguardVersion.text(), Instant.now()),
                new NotebooksApi(guard, history, liveJson),
                executions,
                new ExecutionFilesApi(executions, guard.description().outputs()),
                new NodeApi(history, liveJson),
                new SchedulesApi(guard, liveJson, executions),
                new RecordsApi(history),
                new StreamsApi(broadcaster, feed),
                new PlainApi(guard, executions, liveJson));
    }

    private static void register(RoutesConfig config, Dispatcher dispatcher, Routes routes, SocketRoute socket) {
        dispatcher.register(
                config,
                Stream.concat(routes.api().stream(), routes.page().stream()).toList());
        socket.register(config, Routes.SOCKET);
    }

    /** Begins the settings of a server. */
    public static GuardServerBuilder builder() {
        return new GuardServerBuilder();
    }

    /**
     * Starts a server.
     *
     * @throws io.nbguard.api.GuardException (ENVIRONMENT) if the port cannot be opened
     */
    static GuardServer start(NotebookGuard guard, ServerSettings settings) {
        GuardServer server = new GuardServer(guard, settings);
        try {
            server.http.start();
            return server;
        } catch (RuntimeException e) {
            server.feed.close();
            throw e;
        }
    }

    /** Returns the port that is open. */
    public int port() {
        return http.port();
    }

    /**
     * Returns where it is, such as {@code http://127.0.0.1:8080}. For a server that listens on all addresses, this is its address
     * as seen from this machine.
     */
    public URI address() {
        String host = settings.host();
        String shown = host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
        return URI.create("http://" + (shown.indexOf(':') >= 0 ? "[" + shown + "]" : shown) + ":" + port());
    }

    /**
     * Returns the link that opens the page with an operator logged in. It contains the token: every reader of it may run
     * notebooks. The token stands behind {@code #}, which browsers do not send.
     */
    public URI link() {
        return link(settings.tokens().operator());
    }

    /** Returns the link that opens the page with a viewer logged in; empty if there is no viewers' token. */
    public Optional<URI> viewerLink() {
        return settings.tokens().viewer().map(this::link);
    }

    private URI link(String token) {
        try {
            return new URI("http", address().getRawAuthority(), "/", null, "token=" + token);
        } catch (URISyntaxException e) {
            throw new IllegalStateException("an address with a path and a fragment is a URI", e);
        }
    }

    /** Returns what feeds the streams. */
    Broadcaster broadcaster() {
        return broadcaster;
    }

    /** Returns what programs can ask for. */
    List<Route> api() {
        return api;
    }

    /** Ends the streams, closes the port, and waits two seconds at most for requests under way. The guard stays as it is. */
    @Override
    public void close() {
        broadcaster.close();
        feed.close();
        http.close();
        refusals.tell();
    }
}

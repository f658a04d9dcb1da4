package io.nbguard.server;

import io.javalin.config.RoutesConfig;
import io.nbguard.api.History;
import io.nbguard.core.NotebookGuard;
import io.nbguard.server.access.AllowedHosts;
import io.nbguard.server.access.RateLimiter;
import io.nbguard.server.api.ContainerApi;
import io.nbguard.server.api.ExecutionFilesApi;
import io.nbguard.server.api.ExecutionsApi;
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
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * A guard behind HTTP: the interface that docs/http-api.md describes, live streams, and the page. Does not own the guard:
 * close this first.
 */
public final class DashboardServer implements AutoCloseable {

    private static final int BURST = 10;
    private static final int FAILURE_BURST = 20;
    private static final int STRANGERS_PER_FAILURE = 10;

    private final Broadcaster broadcaster;
    private final LiveFeed feed;
    private final RefusalCount refusals;
    private final HttpServer http;
    private final List<Route> api;

    private DashboardServer(NotebookGuard guard, DashboardSettings settings) {
        History history = guard.history();
        DashboardSettings.Limits limits = settings.limits();
        Gate gate = new Gate(
                settings.tokens(),
                new AllowedHosts(settings.host(), settings.allowedHosts()),
                new RateLimiter(BURST * limits.looksPerSecond(), limits.looksPerSecond(), System::nanoTime),
                new RateLimiter(BURST * limits.changesPerSecond(), limits.changesPerSecond(), System::nanoTime),
                failures(limits.failuresPerSecond()),
                failures(STRANGERS_PER_FAILURE * limits.failuresPerSecond()));
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

    private Routes routes(
            NotebookGuard guard, History history, DashboardSettings settings, Gate gate, LiveJson liveJson) {
        ExecutionsApi executions = new ExecutionsApi(guard, history, liveJson);
        return new Routes(
                new SessionApi(guard, gate, settings.version(), Instant.now()),
                new NotebooksApi(guard, history, liveJson),
                executions,
                new ExecutionFilesApi(executions, guard.description().outputs()),
                new ContainerApi(history, liveJson),
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

    /**
     * Starts a host.
     *
     * @throws io.nbguard.api.GuardException (ENVIRONMENT) if the port cannot be opened
     */
    public static DashboardServer start(NotebookGuard guard, DashboardSettings settings) {
        DashboardServer server = new DashboardServer(guard, settings);
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

    /** Returns what tells the streams. */
    Broadcaster broadcaster() {
        return broadcaster;
    }

    /** Returns what programs can ask for. */
    List<Route> api() {
        return api;
    }

    /** Ends the streams, closes the port, and waits a moment for requests under way. */
    @Override
    public void close() {
        broadcaster.close();
        feed.close();
        http.close();
        refusals.tell();
    }
}

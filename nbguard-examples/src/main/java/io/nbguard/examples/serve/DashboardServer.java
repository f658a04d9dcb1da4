package io.nbguard.examples.serve;

import io.javalin.config.RoutesConfig;
import io.nbguard.api.History;
import io.nbguard.core.NotebookGuard;
import io.nbguard.examples.serve.access.AllowedHosts;
import io.nbguard.examples.serve.access.RateLimiter;
import io.nbguard.examples.serve.api.ContainerApi;
import io.nbguard.examples.serve.api.ExecutionFilesApi;
import io.nbguard.examples.serve.api.ExecutionsApi;
import io.nbguard.examples.serve.api.NotebooksApi;
import io.nbguard.examples.serve.api.PlainApi;
import io.nbguard.examples.serve.api.RecordsApi;
import io.nbguard.examples.serve.api.SchedulesApi;
import io.nbguard.examples.serve.api.SessionApi;
import io.nbguard.examples.serve.api.StreamsApi;
import io.nbguard.examples.serve.http.Dispatcher;
import io.nbguard.examples.serve.http.Gate;
import io.nbguard.examples.serve.http.HttpServer;
import io.nbguard.examples.serve.http.RefusalCount;
import io.nbguard.examples.serve.http.Route;
import io.nbguard.examples.serve.json.LiveJson;
import io.nbguard.examples.serve.stream.Broadcaster;
import io.nbguard.examples.serve.stream.LiveFeed;
import io.nbguard.examples.serve.stream.SocketRoute;
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

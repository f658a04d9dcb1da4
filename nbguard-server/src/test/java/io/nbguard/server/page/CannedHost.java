package io.nbguard.server.page;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A host that says what a test wants it to say: the page's files as they are, and canned answers in the HTTP contract's
 * shapes. For what the real host cannot be made to do on demand: five hundred notebooks, names made to do harm, a stream
 * that breaks, a whole day of events.
 */
final class CannedHost implements AutoCloseable {

    /** What the real host sends with every answer: nothing inline, nothing from elsewhere. */
    private static final String POLICY =
            "default-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'; object-src 'none'";

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml");

    /** An answer: its status and its body. */
    record Answer(int status, String body) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> queries = new CopyOnWriteArrayList<>();
    private final List<OutputStream> streams = new CopyOnWriteArrayList<>();
    private volatile String snapshot = CannedAnswers.snapshot();

    private CannedHost(HttpServer server) {
        this.server = server;
    }

    /** Starts it on a free port, with an ordinary afternoon's answers. */
    static CannedHost start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        CannedHost host = new CannedHost(server);
        CannedAnswers.ordinary().forEach((request, body) -> host.answer(request, 200, body));
        server.createContext("/", host::handle);
        server.setExecutor(host.threads);
        server.start();
        return host;
    }

    /** Sets what is answered to a request such as {@code GET /api/v1/notebooks}; its query does not matter. */
    void answer(String request, int status, String body) {
        answers.put(request, new Answer(status, CannedAnswers.withTimes(body)));
    }

    /** Returns the methods and queries of the requests that had a query. */
    List<String> queries() {
        return List.copyOf(queries);
    }

    /** Returns the requests that came, with their bodies. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    /** Sends a message on every open stream. */
    void send(String type, String data) {
        String message =
                "event: " + type + "\ndata: " + CannedAnswers.withTimes(data).replaceAll("\\s*\n\\s*", " ") + "\n\n";
        for (OutputStream stream : streams) {
            try {
                synchronized (stream) {
                    stream.write(message.getBytes(StandardCharsets.UTF_8));
                    stream.flush();
                }
            } catch (IOException e) {
                streams.remove(stream);
            }
        }
    }

    /** Sends another snapshot than the usual one, also at the beginning of each stream from now on. */
    void show(String another) {
        snapshot = another;
        send("snapshot", another);
    }

    /** Returns how many streams are open. */
    int streams() {
        return streams.size();
    }

    /** Breaks every open stream. */
    void breakStreams() throws IOException {
        for (OutputStream stream : streams) {
            streams.remove(stream);
            stream.close();
        }
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String request =
                exchange.getRequestMethod() + " " + exchange.getRequestURI().getRawPath();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        requests.add(request + (body.isEmpty() ? "" : " " + body));
        if (exchange.getRequestURI().getQuery() != null) {
            queries.add(
                    exchange.getRequestMethod() + " " + exchange.getRequestURI().getQuery());
        }
        exchange.getResponseHeaders().set("Content-Security-Policy", POLICY);
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        if (request.equals("GET /api/v1/stream")) {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            OutputStream stream = exchange.getResponseBody();
            streams.add(stream);
            send("snapshot", snapshot);
        } else if (path.startsWith("/api/")) {
            Answer answer = answers.getOrDefault(
                    request,
                    new Answer(404, "{\"error\":{\"code\":\"NOT_FOUND\",\"message\":\"there is no " + path + "\"}}"));
            reply(
                    exchange,
                    answer.status(),
                    path.endsWith("/log") ? "text/plain" : "application/json",
                    answer.body().getBytes(StandardCharsets.UTF_8));
        } else {
            file(exchange, path);
        }
    }

    private static void file(HttpExchange exchange, String path) throws IOException {
        String resource = path.equals("/")
                ? "io/nbguard/server/page/index.html"
                : path.startsWith("/webjars/") ? "META-INF/resources" + path : "io/nbguard/server" + path;
        try (InputStream in = CannedHost.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                reply(exchange, 404, "text/plain", new byte[0]);
            } else {
                String type = TYPES.getOrDefault(resource.substring(resource.lastIndexOf('.') + 1), "text/plain");
                reply(exchange, 200, type, in.readAllBytes());
            }
        }
    }

    private static void reply(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        try {
            breakStreams();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.stop(0);
        threads.shutdownNow();
    }
}

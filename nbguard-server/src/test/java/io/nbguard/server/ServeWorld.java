package io.nbguard.server;

import io.nbguard.core.GuardBuilder;
import io.nbguard.core.NotebookGuard;
import io.nbguard.server.access.Tokens;
import io.nbguard.server.stream.Broadcaster;
import io.nbguard.spi.executor.Executor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A dashboard host on a free port, over a guard whose executions are the test's. */
final class ServeWorld implements AutoCloseable {

    static final String OPERATOR = "operator-token-of-this-test-0123456789";
    static final String VIEWER = "viewer-token-of-this-test-0123456789";
    static final Tokens TOKENS = new Tokens(OPERATOR, Optional.of(VIEWER));
    static final ServerSettings.Limits GENEROUS = new ServerSettings.Limits(8, 5_000, 5_000, 1 << 20);

    final Path notebooks;
    final Path outputs;
    final StandIn executor = new StandIn();
    final NotebookGuard guard;
    final GuardServer server;

    private ServeWorld(
            Path folder, ServerSettings.Limits limits, boolean ownExecutor, UnaryOperator<GuardBuilder> settings)
            throws IOException {
        notebooks = Files.createDirectories(folder.resolve("notebooks"));
        outputs = Files.createDirectories(folder.resolve("outputs"));
        GuardBuilder builder = NotebookGuard.builder()
                .notebooks(notebooks)
                .outputs(outputs)
                .storage(s -> s.runtimeDirectory(folder.resolve("run")));
        if (!ownExecutor) {
            builder.executor(executor);
        }
        guard = settings.apply(builder).build();
        server = GuardServer.start(guard, new ServerSettings("127.0.0.1", 0, List.of("nb.example"), TOKENS, limits));
    }

    static ServeWorld open(Path folder) throws IOException {
        return open(folder, GENEROUS);
    }

    static ServeWorld open(Path folder, ServerSettings.Limits limits) throws IOException {
        return new ServeWorld(folder, limits, false, UnaryOperator.identity());
    }

    /** Opens one whose guard is set in another way. */
    static ServeWorld open(Path folder, UnaryOperator<GuardBuilder> settings) throws IOException {
        return new ServeWorld(folder, GENEROUS, false, settings);
    }

    /** Opens one whose guard has one executor, the test's. */
    static ServeWorld openWith(Path folder, Executor only) throws IOException {
        return new ServeWorld(folder, GENEROUS, true, builder -> builder.executor(only));
    }

    static ServeWorld withPapermill(Path folder, ServerSettings.Limits limits) throws IOException {
        return new ServeWorld(folder, limits, true, UnaryOperator.identity());
    }

    /** Writes a notebook with one code cell, tagged {@code parameters}. */
    Path write(String name, String source) throws IOException {
        Path file = notebooks.resolve(name);
        Files.createDirectories(file.getParent());
        String text = source.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        return Files.writeString(
                file,
                "{\"cells\":[{\"cell_type\":\"code\",\"execution_count\":null,\"id\":\"a\",\"metadata\":{\"tags\":[\"parameters\"]},"
                        + "\"outputs\":[],\"source\":\"" + text
                        + "\"}],\"metadata\":{\"kernelspec\":{\"display_name\":\"Python 3\","
                        + "\"language\":\"python\",\"name\":\"python3\"}},\"nbformat\":4,\"nbformat_minor\":5}");
    }

    Broadcaster broadcaster() {
        return server.broadcaster();
    }

    int port() {
        return server.port();
    }

    /** Asks as an operator. */
    RawHttp.Answer ask(String method, String path, String... jsonBody) throws IOException {
        return RawHttp.ask(port(), request(method, path, jsonBody));
    }

    static String request(String method, String path, String... jsonBody) {
        String body = jsonBody.length == 0 ? "" : jsonBody[0];
        return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + OPERATOR + "\r\n"
                + (body.isEmpty() ? "" : "Content-Type: application/json\r\n")
                + (body.isEmpty() && method.equals("GET")
                        ? ""
                        : "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n")
                + "Connection: close\r\n\r\n" + body;
    }

    @Override
    public void close() {
        server.close();
        guard.close();
    }
}

package io.nbguard.server.api;

import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.StopMode;
import io.nbguard.core.NotebookGuard;
import io.nbguard.server.http.Exchange;
import io.nbguard.server.http.JsonFields;
import io.nbguard.server.http.Refusal;
import io.nbguard.server.shape.LiveJson;
import io.nbguard.server.shape.RequestShape;
import java.util.List;
import java.util.Map;

/** The four plain endpoints of spec G1. */
public final class PlainApi {

    private final NotebookGuard guard;
    private final ExecutionsApi executions;
    private final LiveJson liveJson;

    /** Makes the resource. */
    public PlainApi(NotebookGuard guard, ExecutionsApi executions, LiveJson liveJson) {
        this.guard = guard;
        this.executions = executions;
        this.liveJson = liveJson;
    }

    /** Starts a notebook; a body with parameters and limits may be sent. */
    public void run(Exchange exchange) {
        String name = exchange.path("name");
        exchange.about(name);
        JsonFields body = exchange.optionalBody().orElseGet(() -> JsonFields.of("the request", Map.of()));
        executions.start(exchange, RequestShape.read(name, body));
    }

    /** Ends every execution of a notebook, and answers when all are dead. */
    public void stop(Exchange exchange) {
        String name = exchange.path("name");
        exchange.about(name);
        exchange.query().nothingElse();
        List<Execution> live = guard.executions().stream()
                .filter(execution -> execution.request().notebook().equals(name)
                        && !execution.state().isEnd())
                .toList();
        if (live.isEmpty()) {
            throw Refusal.notFound("no execution of '" + name + "' is running or waiting");
        }
        live.forEach(execution -> execution.stop(StopMode.IMMEDIATE));
        exchange.later(ExecutionsApi.end(live), later -> {
            live.forEach(ExecutionsApi::mustHaveEnded);
            later.json(200, json -> {
                json.writeArrayFieldStart("stopped");
                for (Execution execution : live) {
                    json.writeString(execution.id().value());
                }
                json.writeEndArray();
            });
        });
    }

    /** Shows what the node and each notebook use. */
    public void stats(Exchange exchange) {
        exchange.query().nothingElse();
        exchange.json(200, liveJson.stats());
    }
}

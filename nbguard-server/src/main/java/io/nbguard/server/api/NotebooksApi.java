package io.nbguard.server.api;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.history.History;
import io.nbguard.api.history.HistoryQuery;
import io.nbguard.core.NotebookGuard;
import io.nbguard.server.http.Exchange;
import io.nbguard.server.json.JsonWriting;
import io.nbguard.server.notebook.FolderFiles;
import io.nbguard.server.notebook.NotebookParameter;
import io.nbguard.server.notebook.OpenNotebook;
import io.nbguard.server.notebook.ParametersCell;
import io.nbguard.server.shape.LiveJson;
import io.nbguard.server.shape.RequestShape;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The notebooks that can be run. */
public final class NotebooksApi {

    private static final int MOST_LOOKED_UP = 200;

    private final NotebookGuard guard;
    private final History history;
    private final LiveJson liveJson;
    private final FolderFiles folder;

    /** Makes the resource. */
    public NotebooksApi(NotebookGuard guard, History history, LiveJson liveJson) {
        this.guard = guard;
        this.history = history;
        this.liveJson = liveJson;
        folder = new FolderFiles(guard.description().notebooks());
    }

    /** Lists them, with what runs of each and how it went last. */
    public void list(Exchange exchange) {
        exchange.query().nothingElse();
        Map<String, ExecutionRecord> last = new HashMap<>();
        Map<String, Integer> running = new HashMap<>();
        Map<String, Integer> queued = new HashMap<>();
        for (Execution execution : guard.executions()) {
            String name = execution.request().notebook();
            ExecutionRecord record = execution.record();
            last.put(name, record);
            if (record.state() == ExecutionState.QUEUED) {
                queued.merge(name, 1, Integer::sum);
            } else if (!record.state().isEnd()) {
                running.merge(name, 1, Integer::sum);
            }
        }
        List<String> names = guard.notebooks();
        exchange.json(200, json -> {
            json.writeArrayFieldStart("items");
            int lookedUp = 0;
            for (String name : names) {
                Optional<ExecutionRecord> latest = Optional.ofNullable(last.get(name));
                if (latest.isEmpty() && lookedUp++ < MOST_LOOKED_UP) {
                    latest = history.executions(HistoryQuery.latest(1).of(name)).items().stream()
                            .findFirst();
                }
                json.writeStartObject();
                json.writeStringField("name", name);
                json.writeNumberField("running", running.getOrDefault(name, 0));
                json.writeNumberField("queued", queued.getOrDefault(name, 0));
                json.writeFieldName("lastExecution");
                if (latest.isPresent()) {
                    liveJson.write(json, latest.get());
                } else {
                    json.writeNull();
                }
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    /** Shows which parameters one takes. */
    public void parameters(Exchange exchange) throws IOException {
        String name = RequestShape.name(exchange.path("name"));
        exchange.query().nothingElse();
        List<NotebookParameter> parameters;
        try (OpenNotebook notebook = folder.notebook(name)) {
            exchange.hold(notebook.memory());
            parameters = ParametersCell.of(notebook);
        }
        exchange.json(200, json -> {
            json.writeArrayFieldStart("items");
            for (NotebookParameter parameter : parameters) {
                write(json, parameter);
            }
            json.writeEndArray();
        });
    }

    private static void write(JsonGenerator json, NotebookParameter parameter) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", parameter.name());
        json.writeStringField("type", parameter.type());
        json.writeFieldName("default");
        JsonWriting.value(json, parameter.value());
        JsonWriting.text(json, "help", parameter.help());
        json.writeEndObject();
    }
}

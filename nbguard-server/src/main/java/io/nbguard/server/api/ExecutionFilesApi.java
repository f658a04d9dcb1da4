package io.nbguard.server.api;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.server.http.Exchange;
import io.nbguard.server.http.QueryFields;
import io.nbguard.server.http.Refusal;
import io.nbguard.server.json.EndText;
import io.nbguard.server.notebook.FolderFiles;
import io.nbguard.server.notebook.NotebookLog;
import io.nbguard.server.notebook.NotebookView;
import io.nbguard.server.notebook.OpenNotebook;
import io.nbguard.server.notebook.PlainOutput;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** What an execution has written: the end of what it printed, the executed notebook, a view of it. */
public final class ExecutionFilesApi {

    private static final int USUAL_LINES = 200;
    private static final int MOST_LINES = 10_000;

    private final ExecutionsApi executions;
    private final FolderFiles outputs;

    /**
     * Makes the resource.
     *
     * @param outputs the outputs folder; nothing outside it is ever sent
     */
    public ExecutionFilesApi(ExecutionsApi executions, Path outputs) {
        this.executions = executions;
        this.outputs = new FolderFiles(outputs);
    }

    /** Shows the last lines that it printed. */
    public void log(Exchange exchange) throws IOException {
        ExecutionId id = ExecutionsApi.id(exchange);
        QueryFields query = exchange.query();
        int lines = query.number("lines", USUAL_LINES, 1, MOST_LINES);
        query.nothingElse();
        ExecutionRecord record = executions.record(id);
        Optional<String> end =
                record.state().isEnd() ? EndText.why(record).map(why -> "[" + why + "]") : Optional.empty();
        exchange.text(printed(exchange, record, lines, end));
    }

    private String printed(Exchange exchange, ExecutionRecord record, int lines, Optional<String> end)
            throws IOException {
        Optional<OpenNotebook> found = record.outcome().output().isEmpty()
                ? outputs.unfinished(record.id())
                : Optional.of(outputs.file(record.outcome().output().get()));
        if (found.isEmpty()) {
            return end.map(line -> PlainOutput.of(line) + "\n").orElse("");
        }
        try (OpenNotebook notebook = found.get()) {
            exchange.hold(notebook.memory());
            return NotebookLog.tail(notebook, lines, end);
        }
    }

    /** Sends the executed notebook. */
    public void notebook(Exchange exchange) {
        OpenNotebook notebook = executed(exchange);
        exchange.header("Content-Disposition", "attachment; filename=\"" + asciiName(notebook.name()) + "\"");
        exchange.stream("application/x-ipynb+json", notebook);
    }

    /** Sends the executed notebook as a page without scripts. */
    public void view(Exchange exchange) throws IOException {
        try (OpenNotebook notebook = executed(exchange)) {
            exchange.hold(notebook.memory());
            exchange.header("Content-Security-Policy", NotebookView.policy());
            NotebookView.write(notebook, notebook.name(), exchange.unbuffered("text/html; charset=utf-8"));
        }
    }

    private OpenNotebook executed(Exchange exchange) {
        ExecutionId id = ExecutionsApi.id(exchange);
        exchange.query().nothingElse();
        ExecutionRecord record = executions.record(id);
        Path file = record.outcome()
                .output()
                .orElseThrow(() -> record.state().isEnd()
                        ? Refusal.notFound("execution " + id + " ended before it wrote a notebook")
                        : Refusal.conflict("execution " + id + " has not ended: its notebook is there when it has"));
        return outputs.file(file);
    }

    /** A header takes no more than plain characters; quotes and backslashes would end the name early. */
    private static String asciiName(String name) {
        return name.replaceAll("[^A-Za-z0-9._-]", "_");
    }
}

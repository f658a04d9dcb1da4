package io.nbguard.examples.serve.api;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.ExecutionRecord;
import io.nbguard.examples.serve.http.Exchange;
import io.nbguard.examples.serve.http.QueryFields;
import io.nbguard.examples.serve.http.Refusal;
import io.nbguard.examples.serve.notebook.FolderFiles;
import io.nbguard.examples.serve.notebook.NotebookLog;
import io.nbguard.examples.serve.notebook.NotebookView;
import io.nbguard.examples.view.Outcome;
import java.io.IOException;
import java.nio.file.Files;
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
    public void log(Exchange exchange) {
        ExecutionId id = ExecutionsApi.id(exchange);
        QueryFields query = exchange.query();
        int lines = query.number("lines", USUAL_LINES, 1, MOST_LINES);
        query.nothingElse();
        ExecutionRecord record = executions.record(id);
        Optional<String> end =
                record.state().isEnd() ? Outcome.why(record).map(why -> "[" + why + "]") : Optional.empty();
        Optional<Path> notebook = readable(record);
        exchange.text(
                notebook.isPresent()
                        ? NotebookLog.tail(notebook.get(), lines, end)
                        : end.map(line -> line + "\n").orElse(""));
    }

    private Optional<Path> readable(ExecutionRecord record) {
        if (record.output().isEmpty()) {
            return outputs.unfinished(record.id());
        }
        return Optional.of(outputs.file(record.output().get()));
    }

    /** Sends the executed notebook. */
    public void notebook(Exchange exchange) throws IOException {
        Path file = executed(exchange);
        exchange.header("Content-Disposition", "attachment; filename=\"" + asciiName(file) + "\"");
        exchange.stream("application/x-ipynb+json", Files.newInputStream(file));
    }

    /** Sends the executed notebook as a page without scripts. */
    public void view(Exchange exchange) throws IOException {
        Path file = executed(exchange);
        exchange.header("Content-Security-Policy", NotebookView.policy());
        NotebookView.write(file, String.valueOf(file.getFileName()), exchange.unbuffered("text/html; charset=utf-8"));
    }

    private Path executed(Exchange exchange) {
        ExecutionId id = ExecutionsApi.id(exchange);
        exchange.query().nothingElse();
        ExecutionRecord record = executions.record(id);
        Path file = record.output()
                .orElseThrow(() -> record.state().isEnd()
                        ? Refusal.notFound("execution " + id + " ended before it wrote a notebook")
                        : Refusal.conflict("execution " + id + " has not ended: its notebook is there when it has"));
        return outputs.file(file);
    }

    /** A header takes no more than plain characters; quotes and backslashes would end the name early. */
    private static String asciiName(Path file) {
        return String.valueOf(file.getFileName()).replaceAll("[^A-Za-z0-9._-]", "_");
    }
}

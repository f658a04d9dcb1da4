package io.nbguard.server.api;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionStatus;
import io.nbguard.api.execution.StopMode;
import io.nbguard.api.history.History;
import io.nbguard.api.history.HistoryPage;
import io.nbguard.api.history.HistoryQuery;
import io.nbguard.api.snapshot.ExecutionSnapshot;
import io.nbguard.core.NotebookGuard;
import io.nbguard.server.http.Exchange;
import io.nbguard.server.http.QueryFields;
import io.nbguard.server.http.Refusal;
import io.nbguard.server.json.SnapshotJson;
import io.nbguard.server.shape.LiveJson;
import io.nbguard.server.shape.RequestShape;
import io.nbguard.server.shape.UsageShape;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Executions: start, list, look at, stop. */
public final class ExecutionsApi {

    private static final Duration LONGEST_FLUSH = Duration.ofSeconds(1);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(60);
    private static final int MOST_POINTS = 10_000;

    private final NotebookGuard guard;
    private final History history;
    private final LiveJson liveJson;

    /** Makes the resource. */
    public ExecutionsApi(NotebookGuard guard, History history, LiveJson liveJson) {
        this.guard = guard;
        this.history = history;
        this.liveJson = liveJson;
    }

    /** Starts one. */
    public void start(Exchange exchange) {
        start(exchange, RequestShape.read(exchange.body()));
    }

    void start(Exchange exchange, ExecutionRequest request) {
        exchange.about(request.notebook());
        Execution execution = guard.run(request);
        exchange.about(request.notebook() + " " + execution.id());
        created(exchange, execution);
    }

    void created(Exchange exchange, Execution execution) {
        // A caller that got the id finds it in the history, even if this host dies next.
        history.flush(LONGEST_FLUSH);
        exchange.header("Location", "/api/v1/executions/" + execution.id());
        exchange.json(201, liveJson.execution(execution.record()));
    }

    /** Lists them. */
    public void list(Exchange exchange) {
        QueryFields query = exchange.query();
        HistoryQuery wanted = PastQuery.common(query);
        Optional<String> status = query.text("status");
        if (status.isPresent()) {
            wanted = wanted.with(status(status.get()));
        }
        Optional<String> owner = query.text("owner");
        if (owner.isPresent()) {
            wanted = wanted.ownedBy(owner.get());
        }
        Optional<String> schedule = query.text("schedule");
        if (schedule.isPresent()) {
            wanted = wanted.startedBy(new ScheduleId(schedule.get()));
        }
        query.nothingElse();
        HistoryPage<ExecutionRecord> page = history.executions(wanted);
        exchange.json(200, json -> {
            json.writeArrayFieldStart("items");
            for (ExecutionRecord record : page.items()) {
                liveJson.write(json, latest(record));
            }
            json.writeEndArray();
            PastQuery.next(json, page.next());
        });
    }

    private static ExecutionStatus status(String text) {
        return switch (text) {
            case "running" -> ExecutionStatus.RUNNING;
            case "failed" -> ExecutionStatus.FAILED;
            case "completed" -> ExecutionStatus.COMPLETED;
            default ->
                throw Refusal.badRequest(
                        "the query's 'status' is '" + text + "': expected running, failed or completed");
        };
    }

    /** The guard knows a moment more than what is written. */
    private ExecutionRecord latest(ExecutionRecord written) {
        return written.state().isEnd()
                ? written
                : guard.execution(written.id()).map(Execution::record).orElse(written);
    }

    /** Shows one. */
    public void show(Exchange exchange) {
        ExecutionId id = id(exchange);
        exchange.query().nothingElse();
        ExecutionRecord record = record(id);
        Optional<ExecutionRequest> request =
                guard.execution(id).map(Execution::request).or(() -> history.request(id));
        Optional<ExecutionSnapshot> live = guard.snapshot().executions().stream()
                .filter(execution -> execution.id().equals(id))
                .findFirst();
        exchange.json(200, json -> {
            liveJson.fields(json, record);
            json.writeFieldName("request");
            if (request.isPresent()) {
                RequestShape.write(json, request.get());
            } else {
                json.writeNull();
            }
            json.writeFieldName("live");
            if (live.isPresent()) {
                SnapshotJson.execution(json, live.get());
            } else {
                json.writeNull();
            }
        });
    }

    /** Shows what one used, over time. */
    public void usage(Exchange exchange) {
        ExecutionId id = id(exchange);
        QueryFields query = exchange.query();
        int points = query.number("points", 500, 2, MOST_POINTS);
        query.nothingElse();
        record(id);
        exchange.json(200, json -> UsageShape.write(json, history.usage(id, points)));
    }

    /** Stops one. */
    public void stop(Exchange exchange) {
        ExecutionId id = id(exchange);
        QueryFields query = exchange.query();
        StopMode mode = mode(query.text("mode").orElse("immediate"));
        boolean wait = query.flag("wait");
        query.nothingElse();
        Execution execution = guard.execution(id).orElseThrow(() -> {
            ExecutionRecord past = record(id);
            return Refusal.conflict("execution " + id + " (" + past.notebook() + ") has ended: "
                    + past.state().name().toLowerCase(Locale.ROOT));
        });
        exchange.about(execution.request().notebook() + " " + id);
        if (execution.state().isEnd()) {
            throw Refusal.conflict(
                    "execution " + id + " (" + execution.request().notebook() + ") has ended: "
                            + execution.state().name().toLowerCase(Locale.ROOT));
        }
        execution.stop(mode);
        if (!wait) {
            exchange.json(202, liveJson.execution(execution.record()));
            return;
        }
        exchange.later(end(List.of(execution)), later -> {
            mustHaveEnded(execution);
            later.json(200, liveJson.execution(execution.record()));
        });
    }

    /** Returns what completes when all have ended, and after a minute in any case. */
    static CompletableFuture<?> end(List<Execution> executions) {
        return CompletableFuture.allOf(
                        executions.stream().map(Execution::completion).toArray(CompletableFuture<?>[]::new))
                .completeOnTimeout(null, LONGEST_STOP.toSeconds(), TimeUnit.SECONDS);
    }

    /**
     * Checks it after a wait.
     *
     * @throws Refusal (503) if it has not
     */
    static void mustHaveEnded(Execution execution) {
        if (!execution.completion().isDone()) {
            throw Refusal.later(
                    503,
                    "STILL_ENDING",
                    "execution " + execution.id() + " has not ended after " + LONGEST_STOP.toSeconds()
                            + " s; its end is tried on",
                    Duration.ofSeconds(5));
        }
    }

    private static StopMode mode(String text) {
        return switch (text) {
            case "immediate" -> StopMode.IMMEDIATE;
            case "graceful" -> StopMode.GRACEFUL;
            default -> throw Refusal.badRequest("the query's 'mode' is '" + text + "': expected immediate or graceful");
        };
    }

    static ExecutionId id(Exchange exchange) {
        String text = exchange.path("id");
        exchange.about(text);
        return new ExecutionId(text);
    }

    ExecutionRecord record(ExecutionId id) {
        return guard.execution(id)
                .map(Execution::record)
                .or(() -> history.execution(id))
                .orElseThrow(() -> Refusal.notFound("there is no execution " + id));
    }
}

package io.nbguard.server.api;

import io.nbguard.api.ScheduleId;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.schedule.ScheduleFire;
import io.nbguard.api.schedule.ScheduleSpec;
import io.nbguard.api.schedule.ScheduleState;
import io.nbguard.api.schedule.Schedules;
import io.nbguard.core.NotebookGuard;
import io.nbguard.server.http.Exchange;
import io.nbguard.server.http.QueryFields;
import io.nbguard.server.http.Refusal;
import io.nbguard.server.json.JsonText;
import io.nbguard.server.shape.LiveJson;
import io.nbguard.server.shape.ScheduleShape;
import java.time.Instant;
import java.util.List;

/** Schedules: add, look at, pause, resume, run now, remove. */
public final class SchedulesApi {

    private static final int NEXT_SHOWN = 5;
    private static final int MOST_PREVIEWED = 1_000;

    private final NotebookGuard guard;
    private final LiveJson liveJson;
    private final ExecutionsApi executions;

    /** Makes the resource. */
    public SchedulesApi(NotebookGuard guard, LiveJson liveJson, ExecutionsApi executions) {
        this.guard = guard;
        this.liveJson = liveJson;
        this.executions = executions;
    }

    private Schedules schedules() {
        return guard.schedules();
    }

    /** Lists them. */
    public void list(Exchange exchange) {
        exchange.query().nothingElse();
        exchange.json(200, liveJson.schedules());
    }

    /** Adds one. */
    public void add(Exchange exchange) {
        ScheduleSpec spec = ScheduleShape.read(exchange.body());
        exchange.about(spec.request().notebook());
        Schedule added = schedules().add(spec);
        exchange.about(added.id().value());
        exchange.header("Location", "/api/v1/schedules/" + added.id());
        exchange.json(201, json(added));
    }

    /** Says when one would be due, without adding it. */
    public void preview(Exchange exchange) {
        QueryFields query = exchange.query();
        int count = query.number("count", NEXT_SHOWN, 1, MOST_PREVIEWED);
        query.nothingElse();
        List<Instant> times = schedules().preview(ScheduleShape.read(exchange.body()), count);
        exchange.json(200, json -> {
            json.writeArrayFieldStart("times");
            for (Instant time : times) {
                json.writeString(time.toString());
            }
            json.writeEndArray();
        });
    }

    /** Shows one, when it is due next and what became of its latest fires. */
    public void show(Exchange exchange) {
        ScheduleId id = id(exchange);
        exchange.query().nothingElse();
        Schedule schedule =
                schedules().find(id).orElseThrow(() -> Refusal.notFound("there is no schedule '" + id + "'"));
        List<Instant> next = schedule.state() == ScheduleState.FINISHED
                ? List.of()
                : schedules().next(id, NEXT_SHOWN);
        List<ScheduleFire> fires = schedules().history(id);
        exchange.json(200, json -> {
            liveJson.fields(json, schedule);
            json.writeArrayFieldStart("next");
            for (Instant time : next) {
                json.writeString(time.toString());
            }
            json.writeEndArray();
            json.writeArrayFieldStart("fires");
            for (ScheduleFire fire : fires) {
                ScheduleShape.fire(json, fire);
            }
            json.writeEndArray();
        });
    }

    /** Has one fire no more. */
    public void pause(Exchange exchange) {
        exchange.json(200, json(schedules().pause(id(exchange))));
    }

    /** Has one fire again. */
    public void resume(Exchange exchange) {
        exchange.json(200, json(schedules().resume(id(exchange))));
    }

    /** Starts an execution of one now. */
    public void run(Exchange exchange) {
        executions.created(exchange, schedules().runNow(id(exchange)));
    }

    /** Removes one. */
    public void remove(Exchange exchange) {
        schedules().remove(id(exchange));
        exchange.empty(204);
    }

    private static ScheduleId id(Exchange exchange) {
        String text = exchange.path("id");
        exchange.about(text);
        return new ScheduleId(text);
    }

    private String json(Schedule schedule) {
        return JsonText.object(json -> liveJson.fields(json, schedule));
    }
}

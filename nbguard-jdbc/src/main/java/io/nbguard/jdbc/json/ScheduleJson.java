package io.nbguard.jdbc.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.schedule.FireOutcome;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.schedule.ScheduleFire;
import io.nbguard.api.schedule.ScheduleSpec;
import io.nbguard.api.schedule.ScheduleState;
import io.nbguard.spi.store.StoredSchedule;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/** A schedule as JSON. */
public final class ScheduleJson {

    private ScheduleJson() {}

    /** Returns the schedule as text, but for whether it was removed. */
    public static String write(StoredSchedule stored) {
        Schedule schedule = stored.schedule();
        ObjectNode node = JsonForm.object().put("id", schedule.id().value());
        node.set("spec", node(schedule.spec()));
        node.put("createdAt", schedule.createdAt().toString())
                .put("changedAt", stored.changedAt().toString())
                .put("state", schedule.state().name());
        Fields.put(node, "nextFireAt", schedule.nextFireAt());
        schedule.lastFire().ifPresent(fire -> node.set("lastFire", node(fire)));
        ArrayNode underWay = node.putArray("underWay");
        schedule.underWay().forEach(id -> underWay.add(id.value()));
        node.put("started", schedule.started()).put("skipped", schedule.skipped());
        return JsonForm.write(node);
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param what whose it is, for the message
     * @param removed whether it was removed, which the text does not say
     * @throws IOException if it cannot be understood
     */
    public static StoredSchedule read(String what, String text, boolean removed) throws IOException {
        return JsonForm.read(what, text, node -> {
            Schedule schedule = schedule(node);
            // The first version did not write it.
            Instant changedAt =
                    Fields.ifThere(node, "changedAt", Instant::parse).orElse(schedule.createdAt());
            return new StoredSchedule(schedule, changedAt, removed);
        });
    }

    private static Schedule schedule(JsonNode node) {
        return new Schedule(
                new ScheduleId(Fields.text(node, "id")),
                spec(node.required("spec")),
                Fields.instant(node, "createdAt"),
                ScheduleState.valueOf(Fields.text(node, "state")),
                Fields.ifThere(node, "nextFireAt", Instant::parse),
                Optional.ofNullable(node.get("lastFire")).map(ScheduleJson::fire),
                Fields.list(node, "underWay", id -> new ExecutionId(id.textValue())),
                Fields.number(node, "started"),
                Fields.number(node, "skipped"));
    }

    private static ObjectNode node(ScheduleSpec spec) {
        ObjectNode node = JsonForm.object();
        Fields.put(node, "id", spec.id());
        node.set("request", RequestJson.node(spec.request()));
        node.put("trigger", spec.trigger())
                .put("expression", spec.expression())
                .put("zone", spec.zone().getId());
        Fields.put(node, "start", spec.start());
        Fields.put(node, "end", spec.end());
        return node.put("misfireGrace", spec.misfireGrace().toString())
                .put("coalesce", spec.coalesce())
                .put("maxInstances", spec.maxInstances())
                .put("jitter", spec.jitter().toString());
    }

    private static ScheduleSpec spec(JsonNode node) {
        ScheduleSpec.Builder builder = ScheduleSpec.of(
                        Fields.text(node, "trigger"),
                        Fields.text(node, "expression"),
                        RequestJson.request(node.required("request")))
                .zone(ZoneId.of(Fields.text(node, "zone")))
                .misfireGrace(Fields.duration(node, "misfireGrace"))
                .coalesce(Fields.truth(node, "coalesce"))
                .maxInstances(Fields.integer(node, "maxInstances"))
                .jitter(Fields.duration(node, "jitter"));
        Fields.textIfThere(node, "id").ifPresent(builder::id);
        Fields.ifThere(node, "start", Instant::parse).ifPresent(builder::start);
        Fields.ifThere(node, "end", Instant::parse).ifPresent(builder::end);
        return builder.build();
    }

    private static ObjectNode node(ScheduleFire fire) {
        ObjectNode node = JsonForm.object()
                .put("schedule", fire.schedule().value())
                .put("outcome", fire.outcome().name())
                .put("dueAt", fire.dueAt().toString())
                .put("lastDueAt", fire.lastDueAt().toString())
                .put("count", fire.count())
                .put("at", fire.at().toString());
        Fields.put(node, "execution", fire.execution());
        Fields.put(node, "message", fire.message());
        return node;
    }

    private static ScheduleFire fire(JsonNode node) {
        return new ScheduleFire(
                new ScheduleId(Fields.text(node, "schedule")),
                FireOutcome.valueOf(Fields.text(node, "outcome")),
                Fields.instant(node, "dueAt"),
                Fields.instant(node, "lastDueAt"),
                Fields.number(node, "count"),
                Fields.instant(node, "at"),
                Fields.ifThere(node, "execution", ExecutionId::new),
                Fields.textIfThere(node, "message"));
    }
}

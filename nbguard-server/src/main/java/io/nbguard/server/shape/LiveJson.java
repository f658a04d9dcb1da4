package io.nbguard.server.shape;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.snapshot.Snapshot;
import io.nbguard.core.NotebookGuard;
import io.nbguard.server.json.JsonText;
import io.nbguard.server.json.SnapshotJson;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The present state of a guard, as JSON. For any thread. */
public final class LiveJson {

    private static final String FORMER_NAME_OF_NODE = "container";

    private final NotebookGuard guard;
    private final Path outputs;
    private final Thresholds thresholds;
    private final LastRuns lastRuns;
    private final ReentrantLock lock = new ReentrantLock();
    private long statsOf = -1;
    private @Nullable String stats;
    private long snapshotOf = -1;
    private @Nullable String snapshot;

    /** Makes it of a guard. */
    public LiveJson(NotebookGuard guard) {
        this.guard = guard;
        outputs = guard.description().outputs();
        thresholds = Thresholds.of(guard.description());
        lastRuns = new LastRuns(guard);
    }

    /** Returns the readings of the latest tick; the same text to all callers between two ticks. */
    public String snapshot() {
        Snapshot latest = guard.snapshot();
        lock.lock();
        try {
            String known = snapshot;
            if (known != null
                    && snapshotOf == latest.sequence()
                    && !latest.loop().stalled()) {
                return known;
            }
            String text = snapshot(latest, "node");
            snapshot = text;
            snapshotOf = latest.sequence();
            return text;
        } finally {
            lock.unlock();
        }
    }

    /** Returns the readings of the latest tick with the node under its former name, {@code container}. */
    public String formerSnapshot() {
        return snapshot(guard.snapshot(), FORMER_NAME_OF_NODE);
    }

    private String snapshot(Snapshot latest, String nodeName) {
        return JsonText.object(json -> {
            SnapshotJson.write(json, latest, nodeName);
            thresholds.write(json, latest.node().memoryLimit().value());
            ExecutorsShape.write(json, guard.description().executors(), guard.engines(), true);
        });
    }

    /** Returns the body of {@code GET /stats}; the same text to all callers between two ticks. */
    public String stats() {
        Snapshot latest = guard.snapshot();
        lock.lock();
        try {
            String known = stats;
            if (known != null && statsOf == latest.sequence()) {
                return known;
            }
            String text = JsonText.object(json -> StatsShape.write(json, latest, thresholds));
            stats = text;
            statsOf = latest.sequence();
            return text;
        } finally {
            lock.unlock();
        }
    }

    /** Returns all schedules. */
    public String schedules() {
        List<Schedule> schedules = guard.schedules().list();
        lastRuns.keepOnly(schedules.stream().map(Schedule::id).toList());
        Map<ScheduleId, ExecutionRecord> runs = lastRuns.of(schedules);
        return JsonText.object(json -> {
            json.writeArrayFieldStart("items");
            for (Schedule schedule : schedules) {
                json.writeStartObject();
                ScheduleShape.write(json, schedule, Optional.ofNullable(runs.get(schedule.id())));
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    /** Writes the fields of a schedule into an object that is already begun. */
    public void fields(JsonGenerator json, Schedule schedule) throws IOException {
        ScheduleShape.write(
                json,
                schedule,
                Optional.ofNullable(lastRuns.of(List.of(schedule)).get(schedule.id())));
    }

    /** Returns an execution. */
    public String execution(ExecutionRecord record) {
        return JsonText.object(json -> fields(json, record));
    }

    /** Writes an execution as an object. */
    public void write(JsonGenerator json, ExecutionRecord record) throws IOException {
        json.writeStartObject();
        fields(json, record);
        json.writeEndObject();
    }

    /** Writes the fields of an execution into an object that is already begun. */
    public void fields(JsonGenerator json, ExecutionRecord record) throws IOException {
        ExecutionShape.write(
                json, record, outputs, place(record), Clock.systemUTC().instant());
    }

    private OptionalInt place(ExecutionRecord record) {
        return record.state() == ExecutionState.QUEUED ? place(record.id()) : OptionalInt.empty();
    }

    private OptionalInt place(ExecutionId id) {
        int place = 0;
        for (Execution execution : guard.executions()) {
            if (execution.state() == ExecutionState.QUEUED) {
                place++;
                if (execution.id().equals(id)) {
                    return OptionalInt.of(place);
                }
            }
        }
        return OptionalInt.empty();
    }
}

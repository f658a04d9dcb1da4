package io.nbguard.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.measure.Reading;
import io.nbguard.api.snapshot.ExecutionSnapshot;
import io.nbguard.api.snapshot.LoopHealth;
import io.nbguard.api.snapshot.NodeSnapshot;
import io.nbguard.api.snapshot.ProcessSnapshot;
import io.nbguard.api.snapshot.Snapshot;
import io.nbguard.api.watchdog.Safety;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * One tick's readings, for {@code top --json}. A reading is an object: {@code {"value": 42, "source": …}}, or
 * {@code {"unlimited": true, "source": …}}, or {@code {"unavailable": why, "source": …}}.
 */
public final class SnapshotJson {

    private SnapshotJson() {}

    /** Returns a snapshot as a JSON object. */
    public static String of(Snapshot snapshot) {
        return JsonText.object(json -> write(json, snapshot));
    }

    /** Writes the fields of a snapshot into an object that is already begun. */
    public static void write(JsonGenerator json, Snapshot snapshot) throws IOException {
        write(json, snapshot, "node");
    }

    /**
     * Does the same.
     *
     * @param nodeName the field of the node's readings
     */
    public static void write(JsonGenerator json, Snapshot snapshot, String nodeName) throws IOException {
        json.writeNumberField("sequence", snapshot.sequence());
        json.writeStringField("takenAt", snapshot.takenAt().toString());
        json.writeObjectFieldStart(nodeName);
        node(json, snapshot.node());
        json.writeEndObject();
        if (snapshot.budget().isPresent()) {
            budget(json, snapshot.budget().get());
        } else {
            json.writeNullField("budget");
        }
        json.writeStringField("rung", snapshot.rung().name());
        safety(json, snapshot.safety());
        json.writeArrayFieldStart("executions");
        for (ExecutionSnapshot execution : snapshot.executions()) {
            execution(json, execution);
        }
        json.writeEndArray();
        loop(json, snapshot.loop());
    }

    private static void node(JsonGenerator json, NodeSnapshot node) throws IOException {
        size(json, "memoryRawBytes", node.memoryRaw());
        size(json, "memoryWorkingSetBytes", node.memoryWorkingSet());
        size(json, "memoryUnreclaimableBytes", node.memoryUnreclaimable());
        size(json, "memoryLimitBytes", node.memoryLimit());
        reading(json, "cpuSeconds", node.cpuTime().map(CpuTime::seconds));
        reading(json, "cores", node.cores());
        reading(json, "coresLimit", node.coresLimit());
        reading(json, "cpuPercentOfQuota", node.cpuPercentOfQuota());
        reading(json, "cpuThrottledPeriods", node.cpuThrottledPeriods());
        reading(json, "memoryPressure", node.memoryPressure());
        reading(json, "cpuPressure", node.cpuPressure());
        reading(json, "oomKills", node.oomKills());
    }

    private static void safety(JsonGenerator json, Safety safety) throws IOException {
        json.writeObjectFieldStart("safety");
        json.writeStringField("tier", safety.tier().name());
        json.writeStringField("watchdog", safety.watchdog().name());
        json.writeNumberField("reactionSeconds", seconds(safety.reaction()));
        size(json, "survivableFillBytesPerSecond", safety.survivableFillPerSecond());
        json.writeEndObject();
    }

    private static void size(JsonGenerator json, String name, Reading<ByteSize> reading) throws IOException {
        reading(json, name, reading.map(ByteSize::bytes));
    }

    /** Writes the number alone, or null where it is not known. */
    private static void bytes(JsonGenerator json, String name, Reading<ByteSize> reading) throws IOException {
        JsonWriting.whole(json, name, reading.value().map(ByteSize::bytes));
    }

    private static void reading(JsonGenerator json, String name, Reading<? extends Number> reading) throws IOException {
        json.writeObjectFieldStart(name);
        if (reading instanceof Reading.Value<? extends Number> value) {
            if (value.get() instanceof Double number) {
                json.writeNumberField("value", number);
            } else {
                json.writeNumberField("value", value.get().longValue());
            }
        } else if (reading instanceof Reading.Unavailable<? extends Number> unavailable) {
            json.writeStringField("unavailable", unavailable.reason());
        } else {
            json.writeBooleanField("unlimited", true);
        }
        json.writeStringField("source", reading.source());
        json.writeEndObject();
    }

    private static void budget(JsonGenerator json, Snapshot.BudgetSnapshot budget) throws IOException {
        json.writeObjectFieldStart("budget");
        json.writeNumberField("limitBytes", budget.limit().bytes());
        json.writeNumberField("thresholdBytes", budget.threshold().bytes());
        json.writeNumberField("usedBytes", budget.used().bytes());
        json.writeNumberField("rssBytes", budget.rss().bytes());
        json.writeEndObject();
    }

    /** Writes an execution at one tick as an object. */
    public static void execution(JsonGenerator json, ExecutionSnapshot execution) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", execution.id().value());
        json.writeStringField("notebook", execution.notebook());
        json.writeStringField("state", execution.state().name());
        ProgressJson.write(json, execution.progress());
        json.writeNumberField("elapsedSeconds", seconds(execution.elapsed()));
        JsonWriting.text(json, "executor", execution.executor());
        JsonWriting.text(json, "measuredAt", execution.measuredAt());
        bytes(json, "memoryBytes", execution.usage().memory());
        json.writeStringField("memorySource", execution.usage().memory().source());
        JsonWriting.text(
                json,
                "memoryUnknown",
                execution.usage().memory() instanceof Reading.Unavailable<ByteSize> unknown
                        ? Optional.of(unknown.reason())
                        : Optional.empty());
        bytes(json, "peakMemoryBytes", execution.usage().peakMemory());
        bytes(json, "rssBytes", execution.accounts().rss());
        bytes(json, "pssBytes", execution.accounts().pss());
        bytes(json, "peakRssBytes", execution.accounts().peakRss());
        size(json, "chargedBytes", execution.accounts().charged());
        size(json, "ioReadBytes", execution.io().read());
        size(json, "ioWrittenBytes", execution.io().written());
        JsonWriting.real(json, "cores", execution.usage().cores().value());
        JsonWriting.real(json, "cpuSeconds", execution.usage().cpuTime().value().map(CpuTime::seconds));
        json.writeArrayFieldStart("processes");
        for (ProcessSnapshot process : execution.processes()) {
            json.writeStartObject();
            json.writeNumberField("pid", process.pid());
            json.writeNumberField("parentPid", process.parentPid());
            json.writeStringField("startedAt", process.startedAt().toString());
            json.writeStringField("command", process.command());
            json.writeStringField("state", String.valueOf(process.state()));
            json.writeNumberField("threads", process.threads());
            json.writeNumberField("rssBytes", process.rss().bytes());
            json.writeNumberField("cores", process.cores());
            json.writeNumberField("cpuSeconds", process.cpuTime().seconds());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void loop(JsonGenerator json, LoopHealth loop) throws IOException {
        json.writeObjectFieldStart("loop");
        json.writeNumberField("ticks", loop.ticks());
        json.writeNumberField("intervalSeconds", seconds(loop.interval()));
        json.writeNumberField("lastTickSeconds", seconds(loop.lastTick()));
        json.writeNumberField("slowestTickSeconds", seconds(loop.slowestTick()));
        json.writeNumberField("lagSeconds", seconds(loop.lag()));
        json.writeNumberField("missedTicks", loop.missedTicks());
        json.writeNumberField("sinceLastTickSeconds", seconds(loop.sinceLastTick()));
        json.writeBooleanField("stalled", loop.stalled());
        json.writeEndObject();
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}

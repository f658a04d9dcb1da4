package io.nbguard.jdbc.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.measure.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** An execution's record as JSON. */
public final class RecordJson {

    private RecordJson() {}

    /** Returns the record as text. */
    public static String write(ExecutionRecord record) {
        ObjectNode node = JsonForm.object().put("id", record.id().value()).put("notebook", record.notebook());
        Fields.put(node, "owner", record.owner());
        Fields.put(node, "schedule", record.schedule());
        node.put("state", record.state().name());
        Fields.put(node, "reason", record.reason().map(Enum::name));
        Fields.put(node, "message", record.message());
        Fields.put(node, "error", record.error());
        Fields.put(node, "exitCode", record.exitCode());
        Fields.put(node, "output", record.output());
        node.put("submittedAt", record.submittedAt().toString());
        Fields.put(node, "startedAt", record.startedAt());
        Fields.put(node, "endedAt", record.endedAt());
        node.set("progress", progress(record.progress()));
        record.peakMemory().ifPresent(peak -> node.put("peakMemoryBytes", peak.bytes()));
        record.cpuTime().ifPresent(used -> node.put("cpuNanos", used.nanos()));
        Fields.put(node, "executor", record.executor());
        record.engine().ifPresent(engine -> node.set("engine", EngineJson.node(engine)));
        record.killScenario().ifPresent(scenario -> node.set("killScenario", ScenarioJson.node(scenario)));
        return JsonForm.write(node);
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param what whose it is, for the message
     * @throws IOException if it cannot be understood
     */
    public static ExecutionRecord read(String what, String text) throws IOException {
        return JsonForm.read(what, text, RecordJson::record);
    }

    private static ExecutionRecord record(JsonNode node) {
        return new ExecutionRecord(
                new ExecutionId(Fields.text(node, "id")),
                Fields.text(node, "notebook"),
                Fields.textIfThere(node, "owner"),
                Fields.ifThere(node, "schedule", ScheduleId::new),
                ExecutionState.valueOf(Fields.text(node, "state")),
                Fields.ifThere(node, "reason", EndReason::valueOf),
                Fields.textIfThere(node, "message"),
                Fields.textIfThere(node, "error"),
                Fields.intIfThere(node, "exitCode"),
                Fields.ifThere(node, "output", Path::of),
                Fields.instant(node, "submittedAt"),
                Fields.ifThere(node, "startedAt", Instant::parse),
                Fields.ifThere(node, "endedAt", Instant::parse),
                progress(node.required("progress")),
                Fields.longIfThere(node, "peakMemoryBytes").map(ByteSize::ofBytes),
                Fields.longIfThere(node, "cpuNanos").map(CpuTime::ofNanos),
                Optional.ofNullable(node.get("killScenario")).map(ScenarioJson::scenario),
                Fields.textIfThere(node, "executor"),
                Optional.ofNullable(node.get("engine")).map(EngineJson::engine));
    }

    static ObjectNode progress(Progress progress) {
        ObjectNode node = JsonForm.object().put("cellsDone", progress.cellsDone());
        Fields.put(node, "cellsTotal", progress.cellsTotal());
        Fields.put(node, "lastLine", progress.lastLine());
        return node;
    }

    static Progress progress(JsonNode node) {
        return new Progress(
                Fields.integer(node, "cellsDone"),
                Fields.intIfThere(node, "cellsTotal"),
                Fields.textIfThere(node, "lastLine"));
    }
}

package io.nbguard.jdbc.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.ExecutionLifecycle;
import io.nbguard.api.execution.ExecutionOutcome;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.measure.UsageTotals;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** An execution's record as JSON. */
public final class RecordJson {

    private RecordJson() {}

    /** Returns the record as text. */
    public static String write(ExecutionRecord record) {
        ExecutionLifecycle lifecycle = record.lifecycle();
        ExecutionOutcome outcome = record.outcome();
        ObjectNode node = JsonForm.object().put("id", record.id().value()).put("notebook", record.notebook());
        Fields.put(node, "owner", record.owner());
        Fields.put(node, "schedule", record.schedule());
        node.put("state", lifecycle.state().name());
        Fields.put(node, "reason", outcome.reason().map(Enum::name));
        Fields.put(node, "message", lifecycle.message());
        Fields.put(node, "error", outcome.error());
        Fields.put(node, "exitCode", outcome.exitCode());
        Fields.put(node, "output", outcome.output());
        node.put("submittedAt", lifecycle.submittedAt().toString());
        Fields.put(node, "startedAt", lifecycle.startedAt());
        Fields.put(node, "endedAt", lifecycle.endedAt());
        node.set("progress", ProgressJson.node(record.progress()));
        record.usage().peakMemory().ifPresent(peak -> node.put("peakMemoryBytes", peak.bytes()));
        record.usage().cpuTime().ifPresent(used -> node.put("cpuNanos", used.nanos()));
        Fields.put(node, "executor", record.executor());
        outcome.engine().ifPresent(engine -> node.set("engine", EngineJson.node(engine)));
        outcome.killScenario().ifPresent(scenario -> node.set("killScenario", ScenarioJson.node(scenario)));
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
                Fields.textIfThere(node, "executor"),
                new ExecutionLifecycle(
                        ExecutionState.valueOf(Fields.text(node, "state")),
                        Fields.textIfThere(node, "message"),
                        Fields.instant(node, "submittedAt"),
                        Fields.ifThere(node, "startedAt", Instant::parse),
                        Fields.ifThere(node, "endedAt", Instant::parse)),
                ProgressJson.progress(node.required("progress")),
                new UsageTotals(
                        Fields.longIfThere(node, "peakMemoryBytes").map(ByteSize::ofBytes),
                        Fields.longIfThere(node, "cpuNanos").map(CpuTime::ofNanos)),
                new ExecutionOutcome(
                        Fields.ifThere(node, "reason", EndReason::valueOf),
                        Fields.textIfThere(node, "error"),
                        Fields.intIfThere(node, "exitCode"),
                        Fields.ifThere(node, "output", Path::of),
                        Optional.ofNullable(node.get("killScenario")).map(ScenarioJson::scenario),
                        Optional.ofNullable(node.get("engine")).map(EngineJson::engine)));
    }
}

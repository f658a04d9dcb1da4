package io.nbguard.jdbc.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nbguard.api.execution.EngineReport;
import io.nbguard.api.measure.ByteSize;
import java.time.Instant;

/** What an engine knows about the end of an execution, as JSON. */
final class EngineJson {

    private EngineJson() {}

    static ObjectNode node(EngineReport engine) {
        ObjectNode node = JsonForm.object().put("id", engine.id());
        Fields.put(node, "node", engine.node());
        Fields.put(node, "end", engine.end().map(Enum::name));
        Fields.put(node, "detail", engine.detail());
        Fields.put(node, "startedAt", engine.startedAt());
        node.put("restarts", engine.restarts());
        engine.peakMemory().ifPresent(peak -> node.put("peakMemoryBytes", peak.bytes()));
        Fields.put(node, "exitCode", engine.exitCode());
        return node;
    }

    static EngineReport engine(JsonNode node) {
        return new EngineReport(
                Fields.text(node, "id"),
                Fields.textIfThere(node, "node"),
                Fields.ifThere(node, "end", EngineReport.End::valueOf),
                Fields.textIfThere(node, "detail"),
                Fields.ifThere(node, "startedAt", Instant::parse),
                Fields.integer(node, "restarts"),
                Fields.longIfThere(node, "peakMemoryBytes").map(ByteSize::ofBytes),
                Fields.intIfThere(node, "exitCode"));
    }
}

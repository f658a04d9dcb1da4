package io.nbguard.jdbc.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nbguard.api.measure.Progress;

/** How far an execution has come, as JSON. */
final class ProgressJson {

    private ProgressJson() {}

    static ObjectNode node(Progress progress) {
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

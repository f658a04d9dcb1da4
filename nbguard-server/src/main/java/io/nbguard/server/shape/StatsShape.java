package io.nbguard.server.shape;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.snapshot.ExecutionSnapshot;
import io.nbguard.api.snapshot.NodeSnapshot;
import io.nbguard.api.snapshot.Snapshot;
import io.nbguard.server.json.JsonWriting;
import java.io.IOException;
import java.util.Optional;

/**
 * The body of {@code GET /stats} (spec G1). Memory of the node is what the kernel charges ({@code memory.current}); a
 * notebook's is what its process tree holds, in MiB, with the source of that number. CPU is in percent of one core, as {@code docker stats} has it.
 */
public final class StatsShape {

    private static final double MEBIBYTE = 1 << 20;

    private StatsShape() {}

    /** Writes the fields into an object that is already begun. */
    public static void write(JsonGenerator json, Snapshot snapshot, Thresholds thresholds) throws IOException {
        json.writeObjectFieldStart("container_total");
        node(json, snapshot.node(), thresholds);
        json.writeEndObject();
        json.writeArrayFieldStart("individual_notebooks");
        for (ExecutionSnapshot execution : snapshot.executions()) {
            notebook(json, execution);
        }
        json.writeEndArray();
    }

    private static void node(JsonGenerator json, NodeSnapshot node, Thresholds thresholds) throws IOException {
        Optional<Long> used = node.memoryRaw().value().map(ByteSize::bytes);
        Optional<Long> limit = node.memoryLimit().value().map(ByteSize::bytes);
        JsonWriting.whole(json, "memory_bytes", used);
        JsonWriting.whole(json, "memory_limit_bytes", limit);
        JsonWriting.real(json, "memory_percent", used.flatMap(bytes -> limit.map(most -> 100.0 * bytes / most)));
        JsonWriting.whole(json, "threshold_bytes", limit.map(thresholds::killBytes));
        JsonWriting.real(json, "cpu_cores", node.cores().value());
        JsonWriting.real(json, "cpu_percent", node.cpuPercentOfOneCore().value());
    }

    private static void notebook(JsonGenerator json, ExecutionSnapshot execution) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", execution.id().value());
        json.writeStringField("name", execution.notebook());
        JsonWriting.text(json, "executor", execution.executor());
        json.writeStringField("status", "running");
        JsonWriting.real(json, "memory_mb", execution.usage().memory().value().map(held -> held.bytes() / MEBIBYTE));
        json.writeStringField("memory_source", execution.usage().memory().source());
        JsonWriting.real(json, "cpu_percent", execution.usage().cores().value().map(cores -> cores * 100));
        json.writeNumberField("cells_done", execution.progress().cellsDone());
        JsonWriting.number(json, "cells_total", execution.progress().cellsTotal());
        JsonWriting.seconds(json, "elapsed_seconds", execution.elapsed());
        json.writeEndObject();
    }
}

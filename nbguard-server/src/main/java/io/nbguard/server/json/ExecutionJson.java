package io.nbguard.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import java.io.IOException;
import java.util.Optional;

/** How one run went, for {@code run --json}. Every field is always there; what is not known is null. */
public final class ExecutionJson {

    private ExecutionJson() {}

    /** Returns the record of an execution as a JSON object. */
    public static String of(ExecutionRecord record) {
        return JsonText.object(json -> {
            json.writeStringField("id", record.id().value());
            json.writeStringField("notebook", record.notebook());
            json.writeStringField("state", record.state().name());
            text(json, "reason", record.reason());
            if (record.exitCode().isPresent()) {
                json.writeNumberField("exitCode", record.exitCode().getAsInt());
            } else {
                json.writeNullField("exitCode");
            }
            text(json, "output", record.output());
            text(json, "startedAt", record.startedAt());
            text(json, "endedAt", record.endedAt());
            JsonWriting.whole(json, "peakMemoryBytes", record.peakMemory().map(ByteSize::bytes));
            JsonWriting.real(json, "cpuSeconds", record.cpuTime().map(CpuTime::seconds));
            json.writeNumberField("cellsDone", record.progress().cellsDone());
            if (record.progress().cellsTotal().isPresent()) {
                json.writeNumberField(
                        "cellsTotal", record.progress().cellsTotal().getAsInt());
            } else {
                json.writeNullField("cellsTotal");
            }
            text(json, "executor", record.executor());
            text(json, "error", EndText.why(record));
        });
    }

    /** Returns the same object for a notebook that could not be started, because something on this machine is missing. */
    public static String notStarted(String notebook, String error) {
        return JsonText.object(json -> {
            json.writeNullField("id");
            json.writeStringField("notebook", notebook);
            json.writeStringField("state", "FAILED");
            json.writeStringField("reason", "START_FAILED");
            for (String unknown : new String[] {"exitCode", "output", "startedAt", "endedAt"}) {
                json.writeNullField(unknown);
            }
            json.writeNumberField("peakMemoryBytes", 0);
            json.writeNumberField("cpuSeconds", 0.0);
            json.writeNumberField("cellsDone", 0);
            json.writeNullField("cellsTotal");
            json.writeNullField("executor");
            json.writeStringField("error", error);
        });
    }

    private static void text(JsonGenerator json, String name, Optional<?> value) throws IOException {
        if (value.isPresent()) {
            json.writeStringField(name, value.get().toString());
        } else {
            json.writeNullField(name);
        }
    }
}

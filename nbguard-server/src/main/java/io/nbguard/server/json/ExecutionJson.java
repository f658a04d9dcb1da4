package io.nbguard.server.json;

import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.measure.UsageTotals;
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
            JsonWriting.text(json, "reason", record.outcome().reason());
            JsonWriting.number(json, "exitCode", record.outcome().exitCode());
            JsonWriting.text(json, "output", record.outcome().output());
            JsonWriting.text(json, "startedAt", record.lifecycle().startedAt());
            JsonWriting.text(json, "endedAt", record.lifecycle().endedAt());
            UsageJson.write(json, record.usage());
            ProgressJson.write(json, record.progress());
            JsonWriting.text(json, "executor", record.executor());
            JsonWriting.text(json, "error", EndText.why(record));
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
            UsageJson.write(json, new UsageTotals(Optional.of(ByteSize.ZERO), Optional.of(CpuTime.ZERO)));
            ProgressJson.write(json, Progress.NONE);
            json.writeNullField("executor");
            json.writeStringField("error", error);
        });
    }
}

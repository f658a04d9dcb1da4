package io.nbguard.server.shape;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.watchdog.KillScenario;
import io.nbguard.server.json.JsonWriting;
import io.nbguard.server.json.ProgressJson;
import io.nbguard.server.json.UsageJson;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** An execution as JSON: every field is always there, what is not known is null. */
public final class ExecutionShape {

    private ExecutionShape() {}

    /**
     * Writes the fields of an execution into an object that is already begun.
     *
     * @param outputs the outputs folder, which the output's path is relative to
     * @param queuePosition its place in the queue, from 1
     * @param now for the time that one takes which has not ended
     */
    public static void write(
            JsonGenerator json, ExecutionRecord record, Path outputs, OptionalInt queuePosition, Instant now)
            throws IOException {
        json.writeStringField("id", record.id().value());
        json.writeStringField("notebook", record.notebook());
        JsonWriting.text(json, "owner", record.owner());
        JsonWriting.text(json, "schedule", record.schedule());
        json.writeStringField("state", record.state().name());
        json.writeStringField("status", record.status().name().toLowerCase(Locale.ROOT));
        JsonWriting.text(json, "reason", record.outcome().reason());
        JsonWriting.text(json, "message", record.lifecycle().message());
        JsonWriting.text(json, "error", record.outcome().error());
        JsonWriting.number(json, "exitCode", record.outcome().exitCode());
        JsonWriting.text(json, "output", record.outcome().output().map(file -> relative(outputs, file)));
        JsonWriting.time(json, "submittedAt", record.lifecycle().submittedAt());
        JsonWriting.text(json, "startedAt", record.lifecycle().startedAt());
        JsonWriting.text(json, "endedAt", record.lifecycle().endedAt());
        JsonWriting.seconds(json, "elapsedSeconds", record.lifecycle().elapsed(now));
        ProgressJson.write(json, record.progress());
        JsonWriting.number(
                json,
                "currentCell",
                record.state().isEnd() ? OptionalInt.empty() : record.progress().currentCell());
        UsageJson.write(json, record.usage());
        JsonWriting.text(json, "executor", record.executor());
        JsonWriting.number(json, "queuePosition", queuePosition);
        killScenario(json, record.outcome().killScenario());
    }

    private static String relative(Path outputs, Path file) {
        Path folder = outputs.toAbsolutePath().normalize();
        Path output = file.toAbsolutePath().normalize();
        return output.startsWith(folder) ? folder.relativize(output).toString() : String.valueOf(output.getFileName());
    }

    private static void killScenario(JsonGenerator json, Optional<KillScenario> scenario) throws IOException {
        if (scenario.isEmpty()) {
            json.writeNullField("killScenario");
            return;
        }
        KillScenario known = scenario.get();
        json.writeObjectFieldStart("killScenario");
        JsonWriting.time(json, "decidedAt", known.decidedAt());
        json.writeStringField("cause", known.cause().name());
        json.writeNumberField("usedBytes", known.used().bytes());
        json.writeNumberField("thresholdBytes", known.threshold().bytes());
        json.writeNumberField("limitBytes", known.limit().bytes());
        json.writeStringField("policy", known.policy());
        json.writeStringField("rationale", known.rationale());
        json.writeBooleanField("dryRun", known.dryRun());
        json.writeEndObject();
    }
}

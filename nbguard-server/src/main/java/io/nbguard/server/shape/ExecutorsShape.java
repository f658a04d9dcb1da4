package io.nbguard.server.shape;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nbguard.core.NotebookGuard;
import io.nbguard.server.json.JsonWriting;
import io.nbguard.spi.executor.EngineHealth;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The executors of a guard as JSON, and whether the engines of the remote ones answer. */
public final class ExecutorsShape {

    private ExecutorsShape() {}

    /**
     * Writes them as a field of an object that is already begun.
     *
     * @param withFinding whether to say what was found: it may name internal addresses, which need a token
     */
    public static void write(
            JsonGenerator json, List<String> executors, Map<String, EngineHealth> engines, boolean withFinding)
            throws IOException {
        json.writeArrayFieldStart("executors");
        for (String name : executors) {
            EngineHealth health = engines.getOrDefault(name, EngineHealth.REACHABLE);
            json.writeStartObject();
            json.writeStringField("name", name);
            json.writeStringField("location", engines.containsKey(name) ? "remote" : "local");
            json.writeBooleanField("reachable", health.reachable());
            JsonWriting.text(json, "since", health.since());
            JsonWriting.text(
                    json, "finding", Optional.of(health.finding()).filter(text -> withFinding && !text.isBlank()));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** Returns why nothing can be run: the only executor is an engine's that does not answer. */
    public static Optional<String> obstacle(NotebookGuard guard, Map<String, EngineHealth> engines) {
        List<String> executors = guard.description().executors();
        return executors.size() == 1
                ? Optional.ofNullable(engines.get(executors.get(0)))
                        .filter(health -> !health.reachable())
                        .map(health -> "the engine of the only executor, " + executors.get(0)
                                + ", does not answer: what is started waits until it does")
                : Optional.empty();
    }
}

package io.nbguard.server.shape;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.resource.DockerKeys;
import io.nbguard.api.resource.ResourceSpec;
import io.nbguard.server.http.JsonFields;
import io.nbguard.server.http.Refusal;
import io.nbguard.server.json.JsonWriting;
import io.nbguard.server.json.LimitsJson;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What to run, as JSON. Environment, folders and interpreters are the host's business and cannot be sent. */
public final class RequestShape {

    private static final int MOST_PARAMETERS = 1_000;
    private static final int MOST_TAGS = 50;
    private static final int LONGEST_NAME = 200;
    private static final int LONGEST_PATH = 1_024;
    private static final double LONGEST_TIMEOUT = Duration.ofDays(365).toSeconds();

    private RequestShape() {}

    /**
     * Reads a request that names its notebook.
     *
     * @throws Refusal if something in it cannot be meant
     */
    public static ExecutionRequest read(JsonFields json) {
        return read(json.requiredText("notebook"), json);
    }

    /**
     * Reads a request for a notebook that was named elsewhere; it may be named again, the same.
     *
     * @throws Refusal if something in it cannot be meant
     */
    public static ExecutionRequest read(String notebook, JsonFields json) {
        json.text("notebook").filter(other -> !other.equals(notebook)).ifPresent(other -> {
            throw Refusal.badRequest("the request is for '" + other + "', and its address for '" + notebook + "'");
        });
        Map<String, @Nullable Object> parameters = json.values("parameters");
        if (parameters.size() > MOST_PARAMETERS) {
            throw Refusal.badRequest(
                    "there are " + parameters.size() + " parameters: expected at most " + MOST_PARAMETERS);
        }
        try {
            ExecutionRequest.Builder builder =
                    ExecutionRequest.of(name(notebook)).parameters(parameters);
            limits(json).ifPresent(builder::limits);
            json.number("timeoutSeconds", 0.001, LONGEST_TIMEOUT)
                    .ifPresent(seconds -> builder.timeout(Duration.ofMillis(Math.round(seconds * 1_000))));
            json.whole("priority", -1_000_000, 1_000_000).ifPresent(priority -> builder.priority(priority.intValue()));
            json.flag("allowUnknownParameters").ifPresent(builder::allowUnknownParameters);
            json.texts("tags", MOST_TAGS).forEach(tag -> builder.tag(shortText("a tag", tag)));
            json.text("owner").ifPresent(owner -> builder.owner(shortText("the owner", owner)));
            json.text("kernel").ifPresent(kernel -> builder.kernel(shortText("the kernel", kernel)));
            json.text("executor").ifPresent(executor -> builder.executor(shortText("the executor", executor)));
            json.nothingElse();
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest(String.valueOf(e.getMessage()));
        }
    }

    /** Reads the limits under docker-py's keys, and the memory limit, which may also stand alone. */
    private static Optional<ResourceSpec> limits(JsonFields json) {
        Optional<String> memory = json.textOrNumber("memory");
        Map<String, @Nullable Object> keys = json.values("limits");
        if (memory.isPresent()) {
            keys = new LinkedHashMap<>(keys);
            keys.put(
                    keys.containsKey("mem_limit") ? "memoryBytes" : "mem_limit",
                    ByteSize.parse(memory.get()).bytes());
        }
        ResourceSpec limits = DockerKeys.parse(keys);
        return limits.equals(ResourceSpec.NONE) ? Optional.empty() : Optional.of(limits);
    }

    /** Returns a notebook's name, if it is not too long for any file system; the guard checks the rest. */
    public static String name(String notebook) {
        if (notebook.length() > LONGEST_PATH) {
            throw Refusal.badRequest(
                    "the notebook's name has " + notebook.length() + " characters: expected at most " + LONGEST_PATH);
        }
        return notebook;
    }

    private static String shortText(String what, String text) {
        if (text.length() > LONGEST_NAME) {
            throw Refusal.badRequest(what + " has " + text.length() + " characters: expected at most " + LONGEST_NAME);
        }
        return text;
    }

    /** Writes a request as an object. */
    public static void write(JsonGenerator json, ExecutionRequest request) throws IOException {
        json.writeStartObject();
        json.writeStringField("notebook", request.notebook());
        json.writeFieldName("parameters");
        JsonWriting.value(json, request.parameters());
        Optional<ByteSize> memory = request.limits().memory();
        JsonWriting.text(json, "memory", memory.map(size -> Long.toString(size.bytes())));
        json.writeObjectFieldStart("limits");
        LimitsJson.write(json, request.limits());
        json.writeEndObject();
        if (request.timeout().isPresent()) {
            JsonWriting.seconds(json, "timeoutSeconds", request.timeout().get());
        } else {
            json.writeNullField("timeoutSeconds");
        }
        json.writeNumberField("priority", request.priority());
        json.writeBooleanField("allowUnknownParameters", request.allowsUnknownParameters());
        json.writeArrayFieldStart("tags");
        for (String tag : request.tags()) {
            json.writeString(tag);
        }
        json.writeEndArray();
        JsonWriting.text(json, "owner", request.owner());
        JsonWriting.text(json, "kernel", request.kernel());
        JsonWriting.text(json, "executor", request.executor());
        json.writeEndObject();
    }
}

package io.nbguard.jdbc.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.execution.ExecutionRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A request as JSON. */
public final class RequestJson {

    private RequestJson() {}

    /** Returns the request as text. */
    public static String write(ExecutionRequest request) {
        return JsonForm.write(node(request));
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param what whose it is, for the message
     * @throws IOException if it cannot be understood
     */
    public static ExecutionRequest read(String what, String text) throws IOException {
        return JsonForm.read("the request of " + what, text, RequestJson::request);
    }

    static ObjectNode node(ExecutionRequest request) {
        ObjectNode node = JsonForm.object().put("notebook", request.notebook());
        ObjectNode parameters = node.putObject("parameters");
        request.parameters().forEach((name, value) -> parameters.set(name, ParameterJson.write(value)));
        node.set("environment", ParameterJson.entries(request.environment()));
        Fields.put(node, "workingDirectory", request.workingDirectory());
        Fields.put(node, "python", request.python());
        Fields.put(node, "kernel", request.kernel());
        Fields.put(node, "output", request.output());
        Fields.put(node, "owner", request.owner());
        ArrayNode tags = node.putArray("tags");
        request.tags().forEach(tags::add);
        node.put("priority", request.priority());
        if (request.allowsUnknownParameters()) {
            node.put("allowUnknownParameters", true);
        }
        LimitsJson.put(node, request.limits());
        Fields.put(node, "timeout", request.timeout());
        Fields.put(node, "startTimeout", request.startTimeout());
        Fields.put(node, "executor", request.executor());
        Fields.put(node, "schedule", request.schedule());
        return node;
    }

    static ExecutionRequest request(JsonNode node) {
        ExecutionRequest.Builder builder = ExecutionRequest.of(Fields.text(node, "notebook"));
        node.required("parameters")
                .properties()
                .forEach(entry -> builder.parameter(entry.getKey(), ParameterJson.read(entry.getValue())));
        ParameterJson.map(node.required("environment"))
                .forEach((name, value) -> builder.environment(name, (String) value));
        Fields.ifThere(node, "workingDirectory", Path::of).ifPresent(builder::workingDirectory);
        Fields.ifThere(node, "python", Path::of).ifPresent(builder::python);
        Fields.textIfThere(node, "kernel").ifPresent(builder::kernel);
        Fields.ifThere(node, "output", Path::of).ifPresent(builder::output);
        Fields.textIfThere(node, "owner").ifPresent(builder::owner);
        node.required("tags").forEach(tag -> builder.tag(tag.textValue()));
        builder.priority(Fields.integer(node, "priority"));
        builder.allowUnknownParameters(node.path("allowUnknownParameters").asBoolean(false));
        builder.limits(LimitsJson.of(node));
        Fields.ifThere(node, "timeout", Duration::parse).ifPresent(builder::timeout);
        Fields.ifThere(node, "startTimeout", Duration::parse).ifPresent(builder::startTimeout);
        Fields.textIfThere(node, "executor").ifPresent(builder::executor);
        ExecutionRequest request = builder.build();
        return Fields.ifThere(node, "schedule", ScheduleId::new)
                .map(request::scheduledBy)
                .orElse(request);
    }
}

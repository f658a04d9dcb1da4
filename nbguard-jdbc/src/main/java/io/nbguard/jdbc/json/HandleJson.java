package io.nbguard.jdbc.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nbguard.spi.executor.ExecutionHandle;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** What finds an execution again, as JSON. */
public final class HandleJson {

    private HandleJson() {}

    /** Returns the handle as text. */
    public static String write(ExecutionHandle handle) {
        ObjectNode node = JsonForm.object().put("executor", handle.executor()).put("version", handle.version());
        ObjectNode state = node.putObject("state");
        handle.state().forEach(state::put);
        return JsonForm.write(node);
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param what whose it is, for the message
     * @throws IOException if it cannot be understood
     */
    public static ExecutionHandle read(String what, String text) throws IOException {
        return JsonForm.read(what, text, node -> {
            Map<String, String> state = new HashMap<>();
            node.required("state")
                    .properties()
                    .forEach(entry -> state.put(entry.getKey(), entry.getValue().asText()));
            return new ExecutionHandle(Fields.text(node, "executor"), Fields.integer(node, "version"), state);
        });
    }
}

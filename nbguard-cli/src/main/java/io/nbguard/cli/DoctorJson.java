package io.nbguard.cli;

import io.nbguard.core.plugin.FoundPlugin;
import io.nbguard.server.json.JsonText;
import io.nbguard.spi.executor.Readiness;
import java.util.List;

/** What {@code doctor --json} found. */
final class DoctorJson {

    private DoctorJson() {}

    /** Returns the findings as a JSON object; {@code ok} says whether notebooks can be run. */
    static String of(String version, Readiness readiness, List<FoundPlugin> plugins) {
        return JsonText.object(json -> {
            json.writeBooleanField("ok", readiness.usable());
            json.writeStringField("version", version);
            json.writeArrayFieldStart("checks");
            for (Readiness.Check check : readiness.checks()) {
                json.writeStartObject();
                json.writeStringField("title", check.title());
                json.writeStringField("level", check.level().name());
                json.writeStringField("finding", check.finding());
                json.writeStringField("cure", check.cure());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("plugins");
            for (FoundPlugin plugin : plugins) {
                json.writeStartObject();
                json.writeStringField("kind", plugin.kind().title());
                json.writeStringField("name", plugin.name().orElse(null));
                json.writeStringField("className", plugin.className());
                json.writeStringField("problem", plugin.problem().orElse(null));
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }
}

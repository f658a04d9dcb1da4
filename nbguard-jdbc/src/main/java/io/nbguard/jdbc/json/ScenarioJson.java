package io.nbguard.jdbc.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.watchdog.Candidate;
import io.nbguard.api.watchdog.CandidateUsage;
import io.nbguard.api.watchdog.KillScenario;

/** What the watchdog saw when it decided, as JSON. */
final class ScenarioJson {

    /** Stores of 0.1.0 have this name of {@code NODE_LIMIT}. */
    private static final String NODE_LIMIT_IN_FIRST_RELEASE = "CONTAINER_LIMIT";

    private ScenarioJson() {}

    static ObjectNode node(KillScenario scenario) {
        ObjectNode node = JsonForm.object()
                .put("decidedAt", scenario.decidedAt().toString())
                .put("cause", scenario.cause().name())
                .put("usedBytes", scenario.used().bytes())
                .put("thresholdBytes", scenario.threshold().bytes())
                .put("limitBytes", scenario.limit().bytes())
                .put("rawUsedBytes", scenario.rawUsed().bytes())
                .put("policy", scenario.policy())
                .put("rationale", scenario.rationale())
                .put("victim", scenario.victim().value())
                .put("dryRun", scenario.dryRun());
        ArrayNode candidates = node.putArray("candidates");
        scenario.candidates().forEach(candidate -> candidates.add(node(candidate)));
        return node;
    }

    private static ObjectNode node(Candidate candidate) {
        ObjectNode node = JsonForm.object().put("id", candidate.id().value()).put("notebook", candidate.notebook());
        putUsage(node, candidate.usage());
        node.put("age", candidate.age().toString())
                .put("priority", candidate.priority())
                .put("dying", candidate.dying());
        node.set("progress", ProgressJson.node(candidate.progress()));
        return node;
    }

    private static void putUsage(ObjectNode node, CandidateUsage usage) {
        node.put("memoryBytes", usage.memory().bytes())
                .put("rssBytes", usage.rss().bytes());
        Fields.put(node, "growthBytesPerSecond", usage.growthBytesPerSecond());
        Fields.put(node, "cores", usage.cores());
        node.put("cpuNanos", usage.cpuTime().nanos());
    }

    static KillScenario scenario(JsonNode node) {
        return new KillScenario(
                Fields.instant(node, "decidedAt"),
                cause(Fields.text(node, "cause")),
                bytes(node, "usedBytes"),
                bytes(node, "thresholdBytes"),
                bytes(node, "limitBytes"),
                bytes(node, "rawUsedBytes"),
                Fields.text(node, "policy"),
                Fields.text(node, "rationale"),
                new ExecutionId(Fields.text(node, "victim")),
                Fields.list(node, "candidates", ScenarioJson::candidate),
                Fields.truth(node, "dryRun"));
    }

    private static KillScenario.Cause cause(String name) {
        return name.equals(NODE_LIMIT_IN_FIRST_RELEASE)
                ? KillScenario.Cause.NODE_LIMIT
                : KillScenario.Cause.valueOf(name);
    }

    private static Candidate candidate(JsonNode node) {
        return new Candidate(
                new ExecutionId(Fields.text(node, "id")),
                Fields.text(node, "notebook"),
                new CandidateUsage(
                        bytes(node, "memoryBytes"),
                        bytes(node, "rssBytes"),
                        Fields.real(node, "growthBytesPerSecond"),
                        Fields.real(node, "cores"),
                        CpuTime.ofNanos(Fields.number(node, "cpuNanos"))),
                Fields.duration(node, "age"),
                Fields.integer(node, "priority"),
                ProgressJson.progress(node.required("progress")),
                Fields.truth(node, "dying"));
    }

    private static ByteSize bytes(JsonNode node, String name) {
        return ByteSize.ofBytes(Fields.number(node, name));
    }
}

package io.nbguard.core.sidecar;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.EndReason;
import io.nbguard.core.json.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** The file in {@code outputs/.nbguard} that says what became of the executions of a host that died. */
final class OrphanRecord {

    private OrphanRecord() {}

    /**
     * One execution.
     *
     * @param reason why it ended
     * @param dead whether nothing of it is alive
     * @param output its partial notebook, if there is one
     */
    record Orphan(ExecutionId id, String notebook, EndReason reason, boolean dead, Optional<Path> output) {}

    /**
     * Writes it as a whole.
     *
     * @return where
     */
    static Path write(Path outputs, Instant at, List<Orphan> orphans) throws IOException {
        Path folder = Files.createDirectories(outputs.resolve(".nbguard"));
        String stamp = at.truncatedTo(ChronoUnit.MILLIS).toString().replaceAll("[-:]", "");
        Path file = folder.resolve(
                "orphaned-" + stamp + "-" + ProcessHandle.current().pid() + ".json");
        Path draft = folder.resolve(file.getFileName() + ".part");
        Files.writeString(draft, json(at, orphans), StandardCharsets.UTF_8);
        return Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }

    static String json(Instant at, List<Orphan> orphans) {
        JsonText json = new JsonText();
        json.begin('{');
        json.field("version").number(1);
        json.field("reason").string("the host died");
        json.field("at").string(at.toString());
        json.field("executions").begin('[');
        orphans.forEach(orphan -> write(orphan, json));
        json.end(']');
        json.end('}');
        return json.text() + "\n";
    }

    private static void write(Orphan orphan, JsonText json) {
        json.begin('{');
        json.field("id").string(orphan.id().value());
        json.field("notebook").string(orphan.notebook());
        json.field("alive").bool(!orphan.dead());
        json.field("endState").string(orphan.reason().end().name());
        json.field("endReason").string(orphan.reason().name());
        orphan.output().ifPresent(file -> json.field("output").string(file.toString()));
        json.end('}');
    }
}

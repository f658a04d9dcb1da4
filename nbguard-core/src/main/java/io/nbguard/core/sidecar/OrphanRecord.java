package io.nbguard.core.sidecar;

import io.nbguard.api.EndReason;
import io.nbguard.api.ExecutionId;
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
        StringBuilder text = new StringBuilder("{\n  \"at\": ")
                .append(quoted(at.toString()))
                .append(",\n  \"reason\": \"the host died\",\n  \"executions\": [");
        String separator = "\n";
        for (Orphan orphan : orphans) {
            text.append(separator)
                    .append("    {\"id\": ")
                    .append(quoted(orphan.id().value()))
                    .append(", \"notebook\": ")
                    .append(quoted(orphan.notebook()))
                    .append(", \"state\": ")
                    .append(quoted(orphan.reason().end().name()))
                    .append(", \"reason\": ")
                    .append(quoted(orphan.reason().name()))
                    .append(", \"dead\": ")
                    .append(orphan.dead())
                    .append(", \"output\": ")
                    .append(orphan.output().map(path -> quoted(path.toString())).orElse("null"))
                    .append('}');
            separator = ",\n";
        }
        return text.append("\n  ]\n}\n").toString();
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            if (letter == '"' || letter == '\\') {
                quoted.append('\\').append(letter);
            } else if (letter < ' ') {
                quoted.append(String.format("\\u%04x", (int) letter));
            } else {
                quoted.append(letter);
            }
        }
        return quoted.append('"').toString();
    }
}

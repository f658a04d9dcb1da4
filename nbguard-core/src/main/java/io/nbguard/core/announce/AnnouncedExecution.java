package io.nbguard.core.announce;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Progress;
import io.nbguard.spi.process.ProcessIdentity;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What an execution announces about itself.
 *
 * @param id its id
 * @param notebook its name for people
 * @param state where it is in its life
 * @param cellsDone cells that ended
 * @param cellsTotal cells there are, once known
 * @param priority from its request
 * @param root the root of its process tree, once there is one
 * @param launchedAt when it was launched
 * @param guard the JVM that runs it
 * @param memoryLimit its own memory limit
 * @param memoryBudget its guard's memory budget
 */
public record AnnouncedExecution(
        ExecutionId id,
        String notebook,
        ExecutionState state,
        int cellsDone,
        OptionalInt cellsTotal,
        int priority,
        Optional<ProcessIdentity> root,
        Instant launchedAt,
        GuardProcess guard,
        Optional<ByteSize> memoryLimit,
        Optional<ByteSize> memoryBudget) {

    private static final String VERSION = "1";

    /** Returns how far it has come. */
    public Progress progress() {
        return new Progress(cellsDone, cellsTotal, Optional.empty());
    }

    /** Returns the text of its file. */
    String toText() {
        Properties lines = new Properties();
        lines.setProperty("version", VERSION);
        lines.setProperty("id", id.value());
        lines.setProperty("notebook", notebook);
        lines.setProperty("state", state.name());
        lines.setProperty("cellsDone", Integer.toString(cellsDone));
        cellsTotal.ifPresent(total -> lines.setProperty("cellsTotal", Integer.toString(total)));
        lines.setProperty("priority", Integer.toString(priority));
        root.ifPresent(process -> {
            lines.setProperty("rootPid", Long.toString(process.pid()));
            lines.setProperty("rootStartTicks", Long.toString(process.startTicks()));
        });
        lines.setProperty("launchedAt", Long.toString(launchedAt.toEpochMilli()));
        lines.setProperty("guardPid", Long.toString(guard.pid()));
        lines.setProperty("guardStartedAt", Long.toString(guard.startedAtMillis()));
        memoryLimit.ifPresent(size -> lines.setProperty("memoryLimit", Long.toString(size.bytes())));
        memoryBudget.ifPresent(size -> lines.setProperty("memoryBudget", Long.toString(size.bytes())));
        StringWriter text = new StringWriter();
        try {
            lines.store(text, null);
        } catch (IOException e) {
            throw new IllegalStateException("a string cannot be written to", e);
        }
        return text.toString();
    }

    /** Reads what {@link #toText} made; empty if it is something else, such as the file of a later version. */
    static Optional<AnnouncedExecution> parse(String text) {
        Properties lines = new Properties();
        try {
            lines.load(new StringReader(text));
            if (!VERSION.equals(lines.getProperty("version"))) {
                return Optional.empty();
            }
            return Optional.of(new AnnouncedExecution(
                    new ExecutionId(required(lines, "id")),
                    required(lines, "notebook"),
                    ExecutionState.valueOf(required(lines, "state")),
                    Integer.parseInt(required(lines, "cellsDone")),
                    number(lines, "cellsTotal")
                            .map(total -> OptionalInt.of(Math.toIntExact(total)))
                            .orElse(OptionalInt.empty()),
                    Integer.parseInt(required(lines, "priority")),
                    number(lines, "rootPid").flatMap(pid -> number(lines, "rootStartTicks")
                            .map(start -> new ProcessIdentity(pid, start))),
                    Instant.ofEpochMilli(Long.parseLong(required(lines, "launchedAt"))),
                    new GuardProcess(
                            Long.parseLong(required(lines, "guardPid")),
                            Long.parseLong(required(lines, "guardStartedAt"))),
                    number(lines, "memoryLimit").map(ByteSize::ofBytes),
                    number(lines, "memoryBudget").map(ByteSize::ofBytes)));
        } catch (IOException | IllegalArgumentException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static String required(Properties lines, String key) {
        @Nullable String value = lines.getProperty(key);
        if (value == null) {
            throw new IllegalArgumentException("there is no " + key);
        }
        return value;
    }

    private static Optional<Long> number(Properties lines, String key) {
        return Optional.ofNullable(lines.getProperty(key)).map(Long::valueOf);
    }
}

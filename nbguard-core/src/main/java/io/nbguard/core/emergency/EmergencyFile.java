package io.nbguard.core.emergency;

import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.snapshot.ExecutionSnapshot;
import io.nbguard.api.snapshot.NodeSnapshot;
import io.nbguard.api.snapshot.Snapshot;
import io.nbguard.api.watchdog.EmergencyReport;
import io.nbguard.core.execution.GuardedExecution;
import io.nbguard.core.json.JsonText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is kept of an emergency shutdown: {@code .nbguard/emergency-TIME.json} in the outputs folder. Written twice, each time
 * as a whole: once with the reason and what was running, before any death is confirmed, and once with the outcome.
 */
final class EmergencyFile {

    private static final Logger LOG = LoggerFactory.getLogger(EmergencyFile.class);
    private static final String FOLDER = ".nbguard";
    private static final int MOST_OF_ONE_NAME = 1_000;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final Path folder;
    private final Instant at;
    private final String reason;
    private final List<Target> targets = new ArrayList<>();
    private final CompletableFuture<EmergencyReport> report = new CompletableFuture<>();
    private final CompletableFuture<Path> written = new CompletableFuture<>();
    private final @Nullable Snapshot snapshot;

    /**
     * Takes note of how things stand; touches no disk.
     *
     * @param found the states of {@code executions} when the shutdown was ordered
     * @param snapshot the readings of that moment, if there are any
     */
    EmergencyFile(
            Path outputs,
            Instant at,
            String reason,
            List<GuardedExecution> executions,
            List<ExecutionState> found,
            @Nullable Snapshot snapshot) {
        folder = outputs.resolve(FOLDER);
        this.at = at;
        this.reason = reason;
        this.snapshot = snapshot;
        Map<String, Long> rss = new HashMap<>();
        if (snapshot != null) {
            for (ExecutionSnapshot seen : snapshot.executions()) {
                seen.accounts().rss().value().ifPresent(sum -> rss.put(seen.id().value(), sum.bytes()));
            }
        }
        for (int i = 0; i < executions.size(); i++) {
            GuardedExecution execution = executions.get(i);
            targets.add(new Target(
                    execution,
                    found.get(i),
                    Optional.ofNullable(rss.get(execution.id().value()))));
        }
    }

    /** An execution, and how it stood when the shutdown was ordered. */
    private record Target(GuardedExecution execution, ExecutionState found, Optional<Long> rssBytes) {}

    /** Writes both times, and waits for {@link #finish} in between. On a thread of its own: a disk may hang, and so may a log. */
    void write() {
        try {
            LOG.error("EMERGENCY SHUTDOWN of {} executions: {}", targets.size(), reason);
            Path file = begin();
            write(file, json(Optional.of(report.join())));
            written.complete(file);
        } catch (IOException | RuntimeException e) {
            LOG.error("the emergency shutdown cannot be written down in {}", folder, e);
            written.completeExceptionally(e);
        }
    }

    /** Writes the outcome. */
    void finish(EmergencyReport outcome) {
        report.complete(outcome);
    }

    /** Returns the file, once it is on the disk; empty if that fails or takes longer. */
    Optional<Path> await(long nanos) {
        try {
            return Optional.of(written.get(nanos, TimeUnit.NANOSECONDS));
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private Path begin() throws IOException {
        Files.createDirectories(folder);
        String name = "emergency-" + TIME.format(at);
        for (int i = 1; i <= MOST_OF_ONE_NAME; i++) {
            Path file = folder.resolve(name + (i == 1 ? "" : "-" + i) + ".json");
            if (!Files.exists(file)) {
                write(file, json(Optional.empty()));
                return file;
            }
        }
        throw new IOException("there is no name left like " + name);
    }

    /** Writes a file as a whole, and makes sure that it is on the disk: readers see the old one or the new one. */
    private void write(Path file, String text) throws IOException {
        Path draft = folder.resolve("." + file.getFileName() + ".draft");
        try {
            Files.deleteIfExists(draft);
            try (FileChannel channel = FileChannel.open(
                    draft,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(draft);
            throw e;
        }
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private String json(Optional<EmergencyReport> outcome) {
        JsonText json = new JsonText();
        json.begin('{');
        json.field("version").number(1);
        json.field("reason").string(reason);
        json.field("at").string(at.toString());
        json.field("guardPid").number(ProcessHandle.current().pid());
        json.field("finished").bool(outcome.isPresent());
        outcome.ifPresent(
                report -> json.field("tookMillis").number(report.took().toMillis()));
        if (snapshot != null) {
            memory(json, snapshot.node());
        }
        json.field("executions").begin('[');
        targets.forEach(target -> execution(json, target, outcome));
        json.end(']');
        json.end('}');
        return json.text() + "\n";
    }

    private static void memory(JsonText json, NodeSnapshot node) {
        json.field("memory").begin('{');
        node.memoryRaw().value().ifPresent(size -> json.field("currentBytes").number(size.bytes()));
        node.memoryUnreclaimable().value().ifPresent(size -> json.field("unreclaimableBytes")
                .number(size.bytes()));
        node.memoryLimit().value().ifPresent(size -> json.field("limitBytes").number(size.bytes()));
        json.end('}');
    }

    private static void execution(JsonText json, Target target, Optional<EmergencyReport> outcome) {
        GuardedExecution execution = target.execution();
        json.begin('{');
        json.field("id").string(execution.id().value());
        json.field("notebook").string(execution.notebook());
        execution.request().owner().ifPresent(owner -> json.field("owner").string(owner));
        json.field("state").string(target.found().name());
        target.rssBytes().ifPresent(bytes -> json.field("rssBytes").number(bytes));
        if (outcome.isPresent()) {
            json.field("alive").bool(outcome.get().survivors().contains(execution.id()));
            json.field("endState").string(execution.state().name());
            execution.record().outcome().reason().ifPresent(why -> json.field("endReason")
                    .string(why.name()));
        }
        json.end('}');
    }
}

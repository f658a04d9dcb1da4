package io.nbguard.core.sidecar;

import io.nbguard.api.execution.EndReason;
import io.nbguard.core.announce.RuntimeFolder;
import io.nbguard.core.recovery.PartialOutput;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the sidecar does when its host has died: end all that it ran, keep what is of worth, remove the rest, and say so. */
final class OrphanCleanup {

    private static final Logger LOG = LoggerFactory.getLogger(OrphanCleanup.class);
    private static final Duration LONGEST = Duration.ofSeconds(20);

    private final Message.Settings settings;

    OrphanCleanup(Message.Settings settings) {
        this.settings = settings;
    }

    /** Does all of it, for the executions that had not ended; bounded time. */
    void clear(Collection<RemoteExecution> executions) {
        long deadline = System.nanoTime() + LONGEST.toNanos();
        List<OrphanRecord.Orphan> orphans = new ArrayList<>();
        for (RemoteExecution execution : executions) {
            boolean dead = execution.confirm(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
            // What still runs may still write: its files stay, and the record says that it lives.
            Optional<Path> output = dead ? PartialOutput.clear(execution.id(), execution.folders()) : Optional.empty();
            withdrawAnnouncement(execution);
            orphans.add(new OrphanRecord.Orphan(
                    execution.id(),
                    execution.notebook(),
                    execution.condemnation().isPresent() ? EndReason.WATCHDOG_MEMORY : EndReason.ORPHANED,
                    dead,
                    output));
        }
        if (!orphans.isEmpty()) {
            keepRecord(orphans);
        }
    }

    private void withdrawAnnouncement(RemoteExecution execution) {
        if (settings.runtimeFolder().isEmpty()) {
            return;
        }
        try {
            RuntimeFolder.open(Path.of(settings.runtimeFolder().get())).remove(execution.id());
        } catch (IOException | RuntimeException e) {
            LOG.warn("the announcement of {} cannot be removed", execution.notebook(), e);
        }
    }

    private void keepRecord(List<OrphanRecord.Orphan> orphans) {
        try {
            Path file = OrphanRecord.write(Path.of(settings.outputs()), Instant.now(), orphans);
            LOG.warn("the host has died; {} executions were ended, see {}", orphans.size(), file);
        } catch (IOException | RuntimeException e) {
            LOG.error("the record of orphaned executions cannot be written", e);
        }
    }
}

package io.nbguard.core.recovery;

import io.nbguard.api.ExecutionId;
import io.nbguard.core.process.GroupKill;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.process.ProcessGroup;
import io.nbguard.spi.process.ProcessIdentity;
import io.nbguard.spi.process.TrackerSession;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the processes that an execution of a dead guard has left, if there are any. They are found by the root of their tree:
 * its id <em>and</em> its start.
 */
public final class OrphanReaper {

    private static final Logger LOG = LoggerFactory.getLogger(OrphanReaper.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** What came of it. */
    enum End {
        /** Nothing of it was alive. */
        NOTHING_LEFT,
        /** Something was, and is not any more. */
        KILLED,
        /** Something is. */
        SURVIVORS
    }

    private final TrackerSession tracker;
    private final Function<ExecutionId, Optional<ProcessIdentity>> keptRoots;

    /**
     * Makes one that finds processes with {@code tracker}.
     *
     * @param keptRoots knows the roots of those that outlive their guard: the store may have none when that died
     */
    public OrphanReaper(TrackerSession tracker, Function<ExecutionId, Optional<ProcessIdentity>> keptRoots) {
        this.tracker = tracker;
        this.keptRoots = keptRoots;
    }

    End end(ExecutionId id, Optional<ProcessIdentity> known) {
        Optional<ProcessIdentity> root = known.or(() -> keptRoots.apply(id));
        if (root.isEmpty()) {
            return End.NOTHING_LEFT;
        }
        try (ProcessGroup group = tracker.attach(id, root.get())) {
            if (group.isEmpty()) {
                return End.NOTHING_LEFT;
            }
            return GroupKill.confirm(group, Duration.ZERO, TIMEOUT, "execution " + id + " of a dead guard")
                    ? End.KILLED
                    : End.SURVIVORS;
        } catch (UnavailableException e) {
            LOG.debug("no process of {} is left", id, e);
            return End.NOTHING_LEFT;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return End.SURVIVORS;
        } catch (RuntimeException e) {
            LOG.warn("what an execution {} of a dead guard has left cannot be searched for", id, e);
            return End.SURVIVORS;
        }
    }
}

package io.nbguard.core.process;

import io.nbguard.spi.process.ProcessGroup;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the processes of one execution, whatever its tracker throws. {@link ProcessGroup#killAndConfirm} has the rule: SIGKILL, a search,
 * and SIGKILL again until nothing is left or the time is up. Its callers differ in how long they wait and in what an interrupt means
 * to them.
 */
public final class GroupKill {

    /** How long the root may outlive the others: it reaps them and says what the tree has used. */
    public static final Duration ROOT_GRACE = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(GroupKill.class);

    private GroupKill() {}

    /**
     * Sends the first kill and waits for nothing: a failure is logged, since {@link #confirm} kills again. Allocates nothing itself.
     *
     * @param whose what the processes are of, for the log
     */
    public static void signal(ProcessGroup group, Object whose) {
        try {
            group.kill();
        } catch (RuntimeException e) {
            LOG.warn("first kill of {} failed; it is tried again", whose, e);
        }
    }

    /**
     * Kills until nothing is left.
     *
     * @param rootGrace how long the root may outlive the others, such as {@link #ROOT_GRACE}
     * @param timeout how long to try
     * @param whose what the processes are of, for the log
     * @return whether it is known that nothing is left
     * @throws InterruptedException if this thread is interrupted; what was found is signalled already
     */
    public static boolean confirm(ProcessGroup group, Duration rootGrace, Duration timeout, Object whose)
            throws InterruptedException {
        try {
            return group.killAndConfirm(rootGrace, timeout);
        } catch (RuntimeException e) {
            LOG.error("the processes of {} cannot be searched for", whose, e);
            return false;
        }
    }
}

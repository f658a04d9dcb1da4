package io.nbguard.core.execution;

import io.nbguard.core.process.GroupKill;
import io.nbguard.spi.process.ProcessGroup;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends the processes of one execution for its run, also if that is interrupted. One thread. */
final class TreeEnd {

    private static final Logger LOG = LoggerFactory.getLogger(TreeEnd.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration ONE_MORE_TRY = Duration.ofSeconds(2);
    private static final int MOST_INTERRUPTS = 3;

    private final GuardedExecution execution;
    private final ProcessGroup group;
    private boolean triedInVain;

    TreeEnd(GuardedExecution execution, ProcessGroup group) {
        this.execution = execution;
        this.group = group;
    }

    /** Sends the kill and does not wait for the processes to end. */
    void signal() {
        GroupKill.signal(group, execution);
    }

    /**
     * Kills until nothing is left, for 30 s at most, and reports that to the watchdog.
     *
     * @return whether nothing is left
     */
    boolean confirm() {
        boolean dead = confirm(triedInVain ? ONE_MORE_TRY : TIMEOUT);
        triedInVain = !dead;
        if (dead) {
            execution.isGone();
        }
        return dead;
    }

    private boolean confirm(Duration timeout) {
        for (int interrupts = 0; interrupts < MOST_INTERRUPTS; interrupts++) {
            try {
                return GroupKill.confirm(group, GroupKill.ROOT_GRACE, timeout, execution);
            } catch (InterruptedException e) {
                // No caller has a reason to interrupt a run; an executor's mistake must not let processes live.
                LOG.debug("interrupted while killing {}", execution, e);
            }
        }
        return false;
    }
}

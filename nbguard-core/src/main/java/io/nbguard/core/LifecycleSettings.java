package io.nbguard.core;

import java.time.Duration;
import java.util.Objects;

/**
 * How executions and the guard itself end; see {@link GuardBuilder#lifecycle}. Every method checks its argument at
 * once and throws {@link IllegalArgumentException} naming it.
 */
public final class LifecycleSettings {

    private Duration stopGrace = Duration.ofSeconds(5);
    private CloseAction onClose = CloseAction.STOP_IMMEDIATELY;
    private boolean shutdownHook;
    private HostDeath onHostDeath = HostDeath.END;
    private boolean automaticEmergencyShutdown = true;
    private boolean announce = true;

    LifecycleSettings() {}

    /** Sets how long a graceful stop waits after the interrupt, and again after the terminate signal. Default 5 s. */
    public LifecycleSettings stopGrace(Duration grace) {
        if (grace.isNegative()) {
            throw new IllegalArgumentException("the stop grace must not be negative: " + grace);
        }
        stopGrace = grace;
        return this;
    }

    /** Sets what becomes of executions when the guard is closed. Default: they are stopped immediately. */
    public LifecycleSettings onClose(CloseAction action) {
        Objects.requireNonNull(action, "action");
        onClose = action;
        return this;
    }

    /**
     * Makes the JVM close the guard when it shuts down, so that Ctrl-C and {@code kill} leave no notebook behind. Off by
     * default: shutting down is the host's business.
     */
    public LifecycleSettings shutdownHook(boolean install) {
        shutdownHook = install;
        return this;
    }

    /**
     * Sets what becomes of executions when this JVM dies without closing the guard. {@link HostDeath#KEEP} needs a history
     * store that lasts, by which the next guard finds them, and an in-process watchdog: a sidecar ends what its host leaves.
     * An executor that cannot take up what it has not launched itself has it killed then. This also says what this guard does
     * with what earlier ones have kept. Default: {@link HostDeath#END}.
     */
    public LifecycleSettings onHostDeath(HostDeath what) {
        Objects.requireNonNull(what, "what");
        onHostDeath = what;
        return this;
    }

    /**
     * Sets whether the watchdog may end everything at once ({@link NotebookGuard#emergencyShutdown}) when ending one
     * execution at a time does not help: two victims in a row did not die, or one has been dying for a second while the
     * node's use stands at 99 % of its limit. Default: yes.
     */
    public LifecycleSettings automaticEmergencyShutdown(boolean allowed) {
        automaticEmergencyShutdown = allowed;
        return this;
    }

    /** Sets whether executions make themselves known to other processes of this user ({@link NotebookWatch}). Default: yes. */
    public LifecycleSettings announce(boolean announced) {
        announce = announced;
        return this;
    }

    /**
     * What is set.
     *
     * @param stopGrace how long a graceful stop waits after the interrupt, and again after the terminate signal
     * @param onClose what becomes of executions when the guard is closed
     * @param shutdownHook whether the JVM closes the guard when it shuts down
     * @param onHostDeath what becomes of executions when the JVM dies
     * @param automaticEmergencyShutdown whether the watchdog may end everything at once
     * @param announce whether executions make themselves known to other processes of this user
     */
    record Values(
            Duration stopGrace,
            CloseAction onClose,
            boolean shutdownHook,
            HostDeath onHostDeath,
            boolean automaticEmergencyShutdown,
            boolean announce) {

        /** Returns whether executions go on when the JVM dies. */
        boolean keepsExecutions() {
            return onHostDeath == HostDeath.KEEP;
        }
    }

    Values values() {
        return new Values(stopGrace, onClose, shutdownHook, onHostDeath, automaticEmergencyShutdown, announce);
    }
}

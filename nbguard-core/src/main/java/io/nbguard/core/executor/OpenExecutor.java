package io.nbguard.core.executor;

import io.nbguard.spi.executor.Executor;
import io.nbguard.spi.executor.ExecutorCapabilities;
import io.nbguard.spi.executor.ExecutorSession;

/**
 * An executor that a guard has opened.
 *
 * @param plugin the executor
 * @param session what launches with it
 * @param capabilities what it can do
 * @param extensions which files it runs
 */
public record OpenExecutor(
        Executor plugin, ExecutorSession session, ExecutorCapabilities capabilities, Extensions extensions) {

    /** Returns its name. */
    public String name() {
        return plugin.name();
    }

    /** Returns whether its executions are processes of this machine. */
    public boolean isLocal() {
        return capabilities.isLocal();
    }
}

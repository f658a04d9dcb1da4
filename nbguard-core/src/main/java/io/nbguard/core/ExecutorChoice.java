package io.nbguard.core;

import io.nbguard.core.plugin.PluginKind;
import io.nbguard.core.plugin.Plugins;
import io.nbguard.spi.executor.Executor;
import org.jspecify.annotations.Nullable;

/**
 * An executor that a host has asked for.
 *
 * @param name its name
 * @param instance the executor itself; null where it is to be found by its name
 */
record ExecutorChoice(String name, @Nullable Executor instance) {

    /**
     * Returns the executor.
     *
     * @throws io.nbguard.api.GuardException (NOT_FOUND, PLUGIN) if it is missing or broken
     */
    Executor in(Plugins plugins) {
        return instance != null ? instance : plugins.named(PluginKind.EXECUTOR, name, Executor.class);
    }
}

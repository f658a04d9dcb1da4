package io.nbguard.core.plugin;

import io.nbguard.spi.Plugin;
import io.nbguard.spi.Trigger;
import io.nbguard.spi.device.DeviceProbe;
import io.nbguard.spi.executor.Executor;
import io.nbguard.spi.policy.KillPolicy;
import io.nbguard.spi.probe.ResourceProbe;
import io.nbguard.spi.process.ProcessTracker;
import io.nbguard.spi.store.HistoryStore;

/** The kinds of plugins there are. */
public enum PluginKind {
    /** Runs notebooks. */
    EXECUTOR("executor", Executor.class),
    /** Reads the node. */
    PROBE("resource probe", ResourceProbe.class),
    /** Knows devices, such as GPUs. */
    DEVICE_PROBE("device probe", DeviceProbe.class),
    /** Knows the processes of an execution. */
    TRACKER("process tracker", ProcessTracker.class),
    /** Chooses the execution to end. */
    KILL_POLICY("kill policy", KillPolicy.class),
    /** Says when a schedule fires. */
    TRIGGER("trigger", Trigger.class),
    /** Keeps what was done. */
    HISTORY("history store", HistoryStore.class);

    private final String title;
    private final Class<? extends Plugin> service;

    PluginKind(String title, Class<? extends Plugin> service) {
        this.title = title;
        this.service = service;
    }

    /** Returns its name for people, such as {@code kill policy}. */
    public String title() {
        return title;
    }

    /** Returns the service interface. */
    public Class<? extends Plugin> service() {
        return service;
    }
}

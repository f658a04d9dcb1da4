/** The guard: executions, sampling loop, watchdog, admission, plugin loading. Hosts use {@code io.nbguard.core}. */
module io.nbguard.core {
    requires transitive io.nbguard.api;
    requires static org.jspecify;
    requires org.slf4j;

    uses io.nbguard.spi.device.DeviceProbe;
    uses io.nbguard.spi.executor.Executor;
    uses io.nbguard.spi.store.HistoryStore;
    uses io.nbguard.spi.policy.KillPolicy;
    uses io.nbguard.spi.process.ProcessTracker;
    uses io.nbguard.spi.probe.ResourceProbe;
    uses io.nbguard.spi.Trigger;

    provides io.nbguard.spi.store.HistoryStore with
            io.nbguard.core.history.MemoryStore;
    provides io.nbguard.spi.policy.KillPolicy with
            io.nbguard.core.policy.HeaviestPolicy,
            io.nbguard.core.policy.LowestPriorityPolicy,
            io.nbguard.core.policy.FastestGrowingPolicy,
            io.nbguard.core.policy.YoungestPolicy,
            io.nbguard.core.policy.LeastWastedWorkPolicy;
    provides io.nbguard.spi.Trigger with
            io.nbguard.core.trigger.CronTrigger,
            io.nbguard.core.trigger.IntervalTrigger,
            io.nbguard.core.trigger.OnceTrigger;

    exports io.nbguard.core;
    exports io.nbguard.core.plugin;
}

package io.nbguard.core.sidecar;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.watchdog.KillScenario;
import io.nbguard.core.watchdog.WatchdogConfig;
import io.nbguard.core.workspace.RunFolders;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.process.FreezeReason;
import io.nbguard.spi.process.ProcessIdentity;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a host and its sidecar send each other. */
sealed interface Message {

    // From the host.

    /**
     * The first message: what the host's own loop works with. Plugins are named by their classes.
     *
     * @param sampling how to measure and when to act
     * @param probes resource probes, best first
     * @param trackers process trackers, best first
     * @param killPolicies the chain of kill policies; empty for the default
     * @param configuration the guard's settings, by name
     * @param runtimeFolder where executions are announced; empty if they are not
     * @param outputs where the record of orphaned executions goes
     * @param emergency whether everything is ended at once when single kills do not help
     */
    record Settings(
            WatchdogConfig sampling,
            List<String> probes,
            List<String> trackers,
            List<String> killPolicies,
            PluginConfig configuration,
            Optional<String> runtimeFolder,
            String outputs,
            boolean emergency)
            implements Message {}

    /**
     * An execution is about to be launched.
     *
     * @param ageNanos how long ago it was launched, at the time of writing
     * @param folders what to remove should the host die
     */
    record Watch(
            ExecutionId id,
            String notebook,
            int priority,
            Optional<ByteSize> memoryLimit,
            long ageNanos,
            RunFolders folders)
            implements Message {}

    /**
     * How things stand with an execution; sent when that has changed.
     *
     * @param root the root of its process tree, once there is one
     * @param condemnable whether the watchdog may choose it
     * @param frozenBy why the host holds it frozen, its own watchdog's reason excepted
     * @param progress how far it has come, without its last line
     */
    record Update(
            ExecutionId id,
            Optional<ProcessIdentity> root,
            ExecutionState state,
            boolean condemnable,
            Set<FreezeReason> frozenBy,
            Progress progress)
            implements Message {}

    /** The host's own watchdog has sent this kill: there is one under way. */
    record Dying(KillScenario scenario) implements Message {}

    /** An execution has ended, and nothing of it is alive or left. */
    record Unwatch(ExecutionId id) implements Message {}

    /** Asks for {@link Synced} with the same number. */
    record Sync(long number) implements Message {}

    /** The host closes its guard: there is nothing left to watch, and nothing to clean up. */
    record Bye() implements Message {}

    // From the sidecar.

    /**
     * The answer to {@link Settings}: it watches.
     *
     * @param sources what it reads, for a person
     */
    record Ready(List<String> sources) implements Message {}

    /** The answer to {@link Settings} where it cannot work; it ends. */
    record Refused(String why) implements Message {}

    /**
     * Its loop is punctual.
     *
     * @param reactionNanos the longest time from a crossing to the signal that must be reckoned with
     */
    record Heartbeat(long reactionNanos) implements Message {}

    /** It watches an execution's processes from now on. */
    record Watching(ExecutionId id) implements Message {}

    /** It cannot watch an execution's processes. */
    record NotWatching(ExecutionId id, String why) implements Message {}

    /** Something happened. A kill is reported here before the signal is sent. */
    record Happened(GuardEvent event) implements Message {}

    /** Single kills do not help: everything must be ended at once. */
    record Emergency(String reason) implements Message {}

    /** Events that were not sent because too many waited. */
    record Lost(long count) implements Message {}

    /** Everything that had happened when {@link Sync} arrived was sent before this. */
    record Synced(long number) implements Message {}
}

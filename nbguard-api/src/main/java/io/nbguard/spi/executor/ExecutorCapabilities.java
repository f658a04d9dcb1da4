package io.nbguard.spi.executor;

import io.nbguard.api.resource.Enforcement;
import io.nbguard.api.resource.Resource;
import io.nbguard.spi.process.ProcessGroup;
import io.nbguard.spi.process.TrackerSession;
import java.util.Map;
import java.util.Set;

/**
 * What an executor can do, and where its executions run. Core asks for nothing that is not stated here, and refuses it by type
 * ({@link io.nbguard.api.ErrorCode#UNSUPPORTED}) with the executor's name.
 *
 * @param location where executions run
 * @param features what an execution under way can be asked for
 * @param enforcement how each limit of a request is enforced, by what; a resource that is not in it is not limited. For a local
 *     executor this adds to what the process tracker enforces ({@link TrackerSession#enforcement})
 */
public record ExecutorCapabilities(Location location, Set<Feature> features, Map<Resource, Enforcement> enforcement) {

    /** Where the processes of an execution are. */
    public enum Location {
        /**
         * On this machine, in the launch's {@link ProcessGroup}: nbguard measures them, and the watchdog may end them for the
         * memory of this node.
         */
        LOCAL,
        /**
         * Elsewhere, or in an engine that measures and limits them itself: they hold nothing that the watchdog of this node could
         * free, so it never ends them.
         */
        REMOTE
    }

    /** What an execution under way can be asked for beyond its end. */
    public enum Feature {
        /** {@link LaunchedExecution#suspend} and {@link LaunchedExecution#resume}. */
        SUSPEND,
        /** {@link LaunchedExecution#checkpoint}. */
        CHECKPOINT,
        /** {@link LaunchedExecution#update}. */
        UPDATE_LIMITS,
        /** {@link ExecutorSession#recover}: an execution is found again by its handle after this JVM's death. */
        RECOVER,
        /** {@link LaunchContext#usage}: the engine reports what the execution uses. */
        OWN_USAGE
    }

    /** Keeps its own copies. */
    public ExecutorCapabilities {
        features = Set.copyOf(features);
        enforcement = Map.copyOf(enforcement);
    }

    /** Returns those of an executor that starts processes of this machine. */
    public static ExecutorCapabilities local(Feature... features) {
        return new ExecutorCapabilities(Location.LOCAL, Set.of(features), Map.of());
    }

    /** Returns those of an executor whose engine runs the executions. */
    public static ExecutorCapabilities remote(Feature... features) {
        return new ExecutorCapabilities(Location.REMOTE, Set.of(features), Map.of());
    }

    /** Returns these with how limits are enforced. */
    public ExecutorCapabilities enforcing(Map<Resource, Enforcement> limits) {
        return new ExecutorCapabilities(location, features, limits);
    }

    /** Returns whether executions are processes of this machine. */
    public boolean isLocal() {
        return location == Location.LOCAL;
    }

    /** Returns whether there is a feature. */
    public boolean has(Feature feature) {
        return features.contains(feature);
    }
}

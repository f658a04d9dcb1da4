package io.nbguard.core.execution;

import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.resource.Resource;
import io.nbguard.api.resource.ResourceSpec;
import io.nbguard.core.announce.Announcement;
import io.nbguard.core.workspace.Workspace;
import io.nbguard.spi.process.ProcessGroup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a run holds on this node, from when it gets it until nothing of it is left: its folders, its processes, what watches them, and
 * its announcement. The run's thread only.
 */
final class RunResources {

    private static final Logger LOG = LoggerFactory.getLogger(RunResources.class);

    private final GuardedExecution execution;
    private final RunDependencies dependencies;
    private final Announcement announcement;
    private @Nullable Workspace workspace;
    private @Nullable ProcessGroup group;
    private @Nullable WatchedExecution watched;
    private @Nullable TreeEnd tree;

    RunResources(GuardedExecution execution, RunDependencies dependencies) {
        this.execution = execution;
        this.dependencies = dependencies;
        announcement = new Announcement(dependencies.runtimeFolder(), execution.id());
    }

    /** Takes its folders. */
    void take(Workspace folders) {
        workspace = folders;
    }

    /** Takes its processes: they are watched from now on. */
    void take(ProcessGroup here, Workspace folders) {
        group = here;
        execution.startsIn(here);
        WatchedExecution seen = new WatchedExecution(execution, here, memoryLimit());
        watched = seen;
        dependencies.loop().watch(seen);
        dependencies.outsideWatch().begin(seen, folders.folders());
        tree = new TreeEnd(execution, here);
    }

    /** What may use swap beyond its memory would be ended by the watchdog before it could: there the kernel keeps both limits. */
    private Optional<ByteSize> memoryLimit() {
        ResourceSpec limits = execution.request().limits();
        boolean byKernel =
                limits.mayUseSwap() && dependencies.tracker().enforcement().containsKey(Resource.MEMORY_SWAP);
        return byKernel ? Optional.empty() : limits.memory();
    }

    /** Returns its folders; null before it has any. */
    @Nullable Workspace workspace() {
        return workspace;
    }

    /** Returns whether its processes are on this node; if not, an engine runs it. */
    boolean hasProcesses() {
        return group != null;
    }

    /** Returns how the sampling loop watches it; null where an engine runs it. */
    @Nullable WatchedExecution watched() {
        return watched;
    }

    /** Makes what supervises an attempt of the run. */
    ExecutionSupervisor supervisor(boolean goesOn) {
        return new ExecutionSupervisor(execution, dependencies, group, tree, announcement, goesOn);
    }

    /**
     * Ends what is alive of it, moves its output to its place, and gives up all the rest.
     *
     * @param staged the executed notebook, where it left one
     * @return the verdict, with the output and what else there is to say
     */
    Verdict release(Verdict verdict, Optional<Path> staged) {
        execution.exited();
        Verdict result = verdict;
        long before = dependencies.clock().nanoTime();
        if (tree == null) {
            execution.isGone();
        } else if (!tree.confirm()) {
            result = result.withRemark(tellSurvivors(dependencies.clock().nanoTime() - before));
        }
        if (workspace != null) {
            Workspace.Kept kept = workspace.finish(staged);
            result = kept.output().map(result::withOutput).orElse(result);
            result = kept.remark().map(result::withRemark).orElse(result);
        }
        announcement.withdraw();
        if (group != null && watched != null) {
            dependencies.loop().unwatch(watched);
            dependencies.outsideWatch().end(watched);
            group.close();
        }
        return result;
    }

    private String tellSurvivors(long waitedNanos) {
        String pids = dependencies.loop().snapshot().executions().stream()
                .filter(snapshot -> snapshot.id().equals(execution.id()))
                .flatMap(snapshot -> snapshot.processes().stream())
                .map(process -> Long.toString(process.pid()))
                .collect(Collectors.joining(", "));
        String text = "not every process of it could be killed"
                + (pids.isEmpty() ? "" : " (last seen: pid " + pids + ")") + "; look for a process in state D";
        LOG.warn("{}: {}", execution, text);
        dependencies
                .events()
                .publish(new GuardEvent.KillUnconfirmed(
                        dependencies.clock().instant(),
                        execution.id(),
                        execution.notebook(),
                        Duration.ofNanos(waitedNanos),
                        execution.notebook() + ": " + text));
        return text;
    }
}

package io.nbguard.core.execution;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardException;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.resource.Allocation;
import io.nbguard.core.event.PluginText;
import io.nbguard.core.executor.OpenExecutor;
import io.nbguard.core.workspace.LocalHandle;
import io.nbguard.core.workspace.StagedFiles;
import io.nbguard.core.workspace.Workspace;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.executor.ExecutionHandle;
import io.nbguard.spi.executor.ExecutorCapabilities;
import io.nbguard.spi.executor.ExitReport;
import io.nbguard.spi.executor.Force;
import io.nbguard.spi.executor.LaunchContext;
import io.nbguard.spi.executor.LaunchedExecution;
import io.nbguard.spi.executor.Staging;
import io.nbguard.spi.executor.UsageReport;
import io.nbguard.spi.process.ProcessGroup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The launch of one execution, or its taking up after the death of the guard that has launched it, on a thread of its own: it
 * may take minutes, and it is stopped by interrupting that thread, which does nothing else that an interrupt could hit.
 */
final class Launch implements LaunchContext {

    private static final Logger LOG = LoggerFactory.getLogger(Launch.class);

    private final GuardedExecution execution;
    private final OpenExecutor executor;
    private final Workspace workspace;
    private final Staging staging;
    private final Optional<ProcessGroup> group;
    private final RunDependencies dependencies;
    private final ExecutorFaults faults;
    private final CompletableFuture<Launched> launched = new CompletableFuture<>();
    private final Thread thread;

    /**
     * Prepares it.
     *
     * @param group where its processes are; empty for an executor that starts none here
     * @param handle what another guard that launched it has kept; empty for a new one
     */
    Launch(
            GuardedExecution execution,
            Workspace workspace,
            Optional<ProcessGroup> group,
            RunDependencies dependencies,
            Optional<ExecutionHandle> handle) {
        this.execution = execution;
        this.executor = execution.openExecutor();
        this.workspace = workspace;
        this.group = group;
        this.dependencies = dependencies;
        staging = new StagedFiles(execution.notebookFile(), workspace.staging());
        faults = new ExecutorFaults(dependencies.faults(), executor.name(), execution);
        Step step = handle.<Step>map(kept -> (request, context) -> recover(kept, request, context))
                .orElse(executor.session()::launch);
        thread = dependencies.threads().newThread(() -> launch(step));
        thread.setName("nbguard-launch-" + execution.id().shortForm());
    }

    void start() {
        thread.start();
    }

    /** Completes with the execution under way, or with what prevented it. */
    CompletableFuture<Launched> launched() {
        return launched;
    }

    /**
     * An execution under way.
     *
     * @param execution what the executor has launched
     * @param completion its end
     */
    record Launched(LaunchedExecution execution, CompletableFuture<ExitReport> completion) {}

    /** Returns where to report faults of the executor. */
    ExecutorFaults faults() {
        return faults;
    }

    /** Asks the executor to give up. */
    void interrupt() {
        thread.interrupt();
    }

    /** Stops waiting for an executor that does not give up: whatever it starts later is killed at once. */
    void abandon() {
        faults.tell(Fault.TOO_SLOW, null, "it does not return from the launch; its thread is left behind");
        launched.whenComplete((late, failure) -> {
            // The processes first: what the executor does then is its own business.
            group.ifPresent(ProcessGroup::kill);
            if (late != null) {
                late.execution().stop(Force.KILL);
            }
        });
    }

    /** Waits for its thread, which has nothing left to do once {@link #launched} is complete. */
    void awaitThread() {
        try {
            thread.join(1_000);
        } catch (InterruptedException e) {
            LOG.debug("not waited for the end of {}", thread, e);
        }
    }

    private interface Step {
        LaunchedExecution take(ExecutionRequest request, LaunchContext context) throws InterruptedException;
    }

    private LaunchedExecution recover(ExecutionHandle handle, ExecutionRequest request, LaunchContext context)
            throws InterruptedException {
        return executor.session()
                .recover(handle, request, context)
                .orElseThrow(() -> new GuardException(
                        ErrorCode.NOT_FOUND,
                        "executor " + executor.name() + " knows no execution with the handle that was kept"));
    }

    private void launch(Step step) {
        try {
            LaunchedExecution underWay = step.take(execution.request(), this);
            if (underWay == null) {
                throw new ExecutorBroken(Fault.INVALID_ANSWER, "its launch returned null");
            }
            if (!dependencies.executors().belongs(underWay, execution.id())) {
                throw new ExecutorBroken(Fault.INVALID_ANSWER, "it returned what is another execution's");
            }
            CompletableFuture<ExitReport> completion = underWay.completion();
            if (completion == null) {
                underWay.stop(Force.KILL);
                throw new ExecutorBroken(Fault.INVALID_ANSWER, "what it launched has no completion");
            }
            launched.complete(new Launched(new FeatureGate(underWay, executor), completion));
        } catch (Throwable e) {
            // Also Errors: a plugin that cannot be linked must end this execution, not leave it launching for ever.
            launched.completeExceptionally(e);
        }
    }

    @Override
    public ExecutionId id() {
        return execution.id();
    }

    @Override
    public Allocation allocation() {
        return Allocation.of(execution.request().limits());
    }

    @Override
    public Path notebook() {
        return execution.notebookFile();
    }

    @Override
    public Path stagingDirectory() {
        return workspace.staging();
    }

    @Override
    public Path temporaryDirectory() {
        return workspace.temporary();
    }

    @Override
    public Staging staging() {
        return staging;
    }

    @Override
    public Optional<ProcessGroup> processes() {
        return group;
    }

    @Override
    public PluginConfig configuration() {
        return dependencies.configuration();
    }

    @Override
    public ThreadFactory threads() {
        return dependencies.threads();
    }

    @Override
    public boolean outlivesHost() {
        return dependencies.outlivesHost();
    }

    @Override
    public void keep(int version, Map<String, String> state) throws IOException {
        if (executor.isLocal() && !dependencies.outlivesHost()) {
            throw new IOException("this guard ends what it has started");
        }
        if (execution.state().isEnd()) {
            throw new IOException("the execution has ended: no guard recovers it any more");
        }
        ExecutionHandle handle;
        try {
            handle = handle(version, state);
        } catch (RuntimeException e) {
            faults.tell(
                    Fault.INVALID_ANSWER,
                    e,
                    "it keeps a handle that cannot be kept: " + e.getMessage()
                            + "; without one no other guard finds the execution");
            throw e;
        }
        execution.foundBy(handle);
        // Another guard looks for what the history has: what runs without being there would never be found.
        dependencies.recorded().await();
        workspace.keep(handle);
    }

    private ExecutionHandle handle(int version, Map<String, String> state) throws IOException {
        if (group.isEmpty()) {
            return new ExecutionHandle(executor.name(), version, state);
        }
        return LocalHandle.of(
                executor.name(),
                version,
                state,
                group.get().root().orElseThrow(() -> new IOException("it has no process here")));
    }

    @Override
    public void waiting(String reason) {
        execution.waiting(orUnknown(reason, "it waits and gives no reason"));
    }

    @Override
    public void contactLost(String why) {
        execution.contactLost(orUnknown(why, "it lost contact and does not say why"));
    }

    @Override
    public void contactRestored() {
        execution.contactRestored();
    }

    @Override
    public void restarted(String why) {
        execution.restarted(orUnknown(why, "it was started anew and it does not say why"));
    }

    private String orUnknown(String text, String fault) {
        if (text == null) {
            faults.tell(Fault.INVALID_ANSWER, null, fault);
            return "for no known reason";
        }
        return PluginText.bounded(text);
    }

    @Override
    public void usage(UsageReport report) {
        if (report == null) {
            faults.tell(Fault.INVALID_ANSWER, null, "it reports a usage of null");
            return;
        }
        if (!executor.capabilities().has(ExecutorCapabilities.Feature.OWN_USAGE)) {
            faults.tell(
                    Fault.INVALID_ANSWER,
                    null,
                    "it reports usage without the capability OWN_USAGE; nothing is made of it");
            return;
        }
        UsageReport checked;
        try {
            checked = UsageCheck.checked(
                    report,
                    execution.startedAt().orElseGet(dependencies.clock()::instant),
                    dependencies.clock().instant(),
                    wrong -> faults.tell(Fault.INVALID_ANSWER, null, wrong));
        } catch (RuntimeException e) {
            faults.tell(Fault.INVALID_ANSWER, e, "it reports a usage that cannot be read: " + e);
            return;
        }
        execution.uses(checked);
    }

    @Override
    public void output(String stream, int cell, String text) {
        if (text == null) {
            faults.tell(Fault.INVALID_ANSWER, null, "it reports an output of null");
            return;
        }
        execution.wrote(text);
    }

    @Override
    public void running() {
        execution.running();
    }

    @Override
    public void progress(Progress progress) {
        if (progress == null || progress.cellsTotal() == null || progress.lastLine() == null) {
            faults.tell(Fault.INVALID_ANSWER, null, "it reports a progress with null; its last report stands");
            return;
        }
        if (isImpossible(progress)) {
            faults.tell(
                    Fault.INVALID_ANSWER,
                    null,
                    "it reports a progress of " + progress + " cells; its last report stands");
            return;
        }
        execution.progressed(new Progress(
                progress.cellsDone(), progress.cellsTotal(), progress.lastLine().map(PluginText::bounded)));
    }

    private static boolean isImpossible(Progress progress) {
        return progress.cellsDone() < 0
                || progress.cellsTotal().isPresent() && progress.cellsTotal().getAsInt() < progress.cellsDone();
    }

    @Override
    public void note(String message) {
        if (message == null) {
            faults.tell(Fault.INVALID_ANSWER, null, "it notes null");
            return;
        }
        execution.note(PluginText.bounded(message));
    }
}

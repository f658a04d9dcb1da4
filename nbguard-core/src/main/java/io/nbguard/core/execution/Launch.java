package io.nbguard.core.execution;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.ExecutionRequest;
import io.nbguard.api.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.api.GuardException;
import io.nbguard.api.Progress;
import io.nbguard.spi.Executor;
import io.nbguard.spi.ExitReport;
import io.nbguard.spi.LaunchContext;
import io.nbguard.spi.LaunchedExecution;
import io.nbguard.spi.ProcessGroup;
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
    private final Executor executor;
    private final Workspace workspace;
    private final ProcessGroup group;
    private final Map<String, String> configuration;
    private final Optional<RunDependencies.Recorded> recorded;
    private final ThreadFactory threads;
    private final ExecutorFaults faults;
    private final CompletableFuture<Launched> launched = new CompletableFuture<>();
    private final Thread thread;

    /**
     * Prepares it.
     *
     * @param goesOn whether it was launched by another guard
     */
    Launch(
            GuardedExecution execution,
            Workspace workspace,
            ProcessGroup group,
            RunDependencies dependencies,
            boolean goesOn) {
        this.execution = execution;
        this.executor = dependencies.executor();
        this.workspace = workspace;
        this.group = group;
        this.configuration = dependencies.configuration();
        this.recorded = dependencies.recorded();
        this.threads = dependencies.threads();
        faults = new ExecutorFaults(dependencies.faults(), executor.name(), execution);
        Step step = goesOn ? this::takeUp : executor::launch;
        thread = threads.newThread(() -> launch(step));
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

    /** Returns where to tell of the executor. */
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
            group.kill();
            if (late != null) {
                late.execution().kill();
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

    private LaunchedExecution takeUp(ExecutionRequest request, LaunchContext context) throws InterruptedException {
        return executor.takeUp(request, context)
                .orElseThrow(() -> new GuardException(
                        ErrorCode.PLUGIN, "executor " + executor.name() + " does not know how it left it"));
    }

    private void launch(Step step) {
        try {
            LaunchedExecution underWay = step.take(execution.request(), this);
            if (underWay == null) {
                throw new ExecutorBroken(Fault.INVALID_ANSWER, "its launch returned null");
            }
            CompletableFuture<ExitReport> completion = underWay.completion();
            if (completion == null) {
                underWay.kill();
                throw new ExecutorBroken(Fault.INVALID_ANSWER, "what it launched has no completion");
            }
            launched.complete(new Launched(underWay, completion));
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
    public ProcessGroup group() {
        return group;
    }

    @Override
    public Map<String, String> configuration() {
        return configuration;
    }

    @Override
    public ThreadFactory threads() {
        return threads;
    }

    @Override
    public boolean outlivesHost() {
        return recorded.isPresent();
    }

    @Override
    public void keep() throws IOException {
        // Another guard looks for what the history has: what runs without being there would never be found.
        recorded.orElseThrow(() -> new IOException("this guard keeps nothing")).await();
        workspace.keep(group.root().orElseThrow(() -> new IOException("it has no process here")));
    }

    @Override
    public void running() {
        execution.running();
    }

    @Override
    public void progress(Progress progress) {
        if (progress == null || isImpossible(progress)) {
            faults.tell(
                    Fault.INVALID_ANSWER,
                    null,
                    "it tells of a progress of " + progress + " cells; what it told before stands");
            return;
        }
        execution.progressed(progress);
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
        execution.note(message);
    }
}

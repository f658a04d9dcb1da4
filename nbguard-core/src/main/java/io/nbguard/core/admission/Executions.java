package io.nbguard.core.admission;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardException;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.execution.StopMode;
import io.nbguard.api.snapshot.ExecutionSnapshot;
import io.nbguard.core.execution.ExecutionRun;
import io.nbguard.core.execution.GuardedExecution;
import io.nbguard.core.execution.RunDependencies;
import io.nbguard.core.execution.UserExecution;
import io.nbguard.core.executor.OpenExecutor;
import io.nbguard.core.schedule.ExecutionStarter;
import io.nbguard.core.schedule.LaunchPermit;
import io.nbguard.core.workspace.KeptRun;
import io.nbguard.core.workspace.Workspace;
import io.nbguard.spi.process.ProcessGroup;
import io.nbguard.spi.store.StoredExecution;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The executions of one guard (spec A6): takes requests, knows every execution that lives and the last of those that have
 * ended, and ends them all at closing time. Safe for use by any thread.
 */
public final class Executions {

    private static final Logger LOG = LoggerFactory.getLogger(Executions.class);

    private final RunDependencies dependencies;
    private final NotebookFolder notebooks;
    private final EngineCheck engines;
    private final Admission admission;
    private final int endedKept;
    private final Set<Thread> runThreads = ConcurrentHashMap.newKeySet();
    // Guards the registry, for microseconds; nothing under it blocks or calls out.
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<ExecutionId, UserExecution> known = new LinkedHashMap<>();
    private final Deque<ExecutionId> endedOldestFirst = new ArrayDeque<>();
    private final Queue<Workspace> left = new ConcurrentLinkedQueue<>();
    private boolean closed;
    private volatile Consumer<GuardedExecution> historian = execution -> {};

    /**
     * Begins with none.
     *
     * @param maxConcurrent how many may run at once
     * @param maxQueued how many may wait beyond those
     * @param budgetStopAt at which memory of all executions, here and elsewhere, nothing more is started; empty if only this node's
     *     memory counts
     * @param endedKept how many that have ended are remembered
     */
    public Executions(
            RunDependencies dependencies,
            NotebookFolder notebooks,
            int maxConcurrent,
            int maxQueued,
            OptionalLong budgetStopAt,
            int endedKept) {
        this.dependencies = dependencies;
        this.notebooks = notebooks;
        this.endedKept = endedKept;
        engines = new EngineCheck(dependencies.faults(), dependencies.clock(), dependencies.threads());
        WholeBudget budget =
                new WholeBudget(budgetStopAt.orElse(Long.MAX_VALUE), dependencies.loop()::snapshot, this::reported);
        admission = new Admission(
                maxConcurrent,
                maxQueued,
                dependencies.loop()::admitting,
                () -> budgetStopAt.isEmpty() || budget.hasRoom(),
                this::start,
                dependencies.threads());
        dependencies.loop().onAdmittingAgain(admission::reconsider);
    }

    /** Sets a consumer that receives every later execution before the first event about it is published. */
    public void keptBy(Consumer<GuardedExecution> keeping) {
        historian = keeping;
    }

    /**
     * Takes a request; returns at once.
     *
     * @throws GuardException as {@link NotebookFolder#resolve} does; (INVALID_REQUEST) if its working directory is not a
     *     folder, or the notebook does not know one of its parameters; (UNSUPPORTED) if it has a limit that nothing here
     *     enforces; (ILLEGAL_STATE) after {@link #refuseMore};
     *     (OVERLOADED) if as many wait as may
     */
    public Execution run(ExecutionRequest request) {
        UserExecution execution = make(request);
        admission.reserve();
        try {
            register(execution);
        } catch (RuntimeException | Error e) {
            forget(execution);
            admission.giveUp();
            throw e;
        }
        submit(execution.guarded());
        return execution;
    }

    /**
     * Makes an execution that is to be started later.
     *
     * @throws GuardException as {@link #run} does
     */
    public ExecutionStarter.Prepared prepare(ExecutionRequest request) {
        UserExecution execution = make(request);
        admission.check();
        return new ExecutionStarter.Prepared() {
            @Override
            public Execution execution() {
                return execution;
            }

            @Override
            public Execution start(LaunchPermit permit) {
                GuardedExecution guarded = execution.guarded();
                guarded.launchedWith(permit);
                if (isRegistered(execution)) {
                    // Its fire is claimed: no other guard starts it, so it waits here even if the queue has filled
                    // meanwhile.
                    admission.reserveAnyway();
                    submit(guarded);
                } else {
                    historian.accept(guarded);
                    guarded.stopAtClosing(StopMode.IMMEDIATE);
                    endUnstarted(guarded);
                }
                return execution;
            }
        };
    }

    private boolean isRegistered(UserExecution execution) {
        try {
            register(execution);
            return true;
        } catch (GuardException e) {
            return false; // Closed.
        }
    }

    private UserExecution make(ExecutionRequest request) {
        if (isClosed()) {
            throw closedAlready();
        }
        Path notebook = check(request);
        return new UserExecution(new GuardedExecution(
                ExecutionId.random(),
                request,
                dependencies.executors().of(request),
                notebook,
                dependencies.clock(),
                dependencies.events()));
    }

    private void submit(GuardedExecution execution) {
        execution.drivenBy(() -> endIfWaiting(execution));
        admission.submit(execution);
        // A stop, or the guard's closing, may have come before it was in the queue.
        if (execution.isBeingEnded()) {
            endIfWaiting(execution);
        }
    }

    /**
     * Goes on with an execution that a dead guard has left running; returns at once.
     *
     * @param left how it was last known
     * @param kept its files, and what finds it again
     * @param group its processes, of a local execution; without a root if it has ended meanwhile
     * @param goesOn whether it goes on; if not, it is ended, which of an engine's execution may take its time. One that was being
     *     ended is not to go on
     * @throws GuardException (ILLEGAL_STATE) after {@link #refuseMore}; (NOT_FOUND) if its executor is not open here
     */
    public Execution takeUp(StoredExecution left, KeptRun kept, Optional<ProcessGroup> group, boolean goesOn) {
        String name = kept.handle().executor();
        OpenExecutor executor = dependencies
                .executors()
                .named(name)
                .orElseThrow(() -> new GuardException(
                        ErrorCode.NOT_FOUND, "executor '" + name + "', which launched it, is not open in this guard"));
        GuardedExecution guarded = new GuardedExecution(
                new StoredExecution(left.record(), left.request(), left.guard(), Optional.of(kept.handle())),
                executor,
                notebooks.expected(left.request().notebook()),
                dependencies.clock(),
                dependencies.events());
        UserExecution execution = new UserExecution(guarded);
        // Its thread first: what is registered without one would be this guard's, and never followed.
        CompletableFuture<Boolean> registered = new CompletableFuture<>();
        run(guarded, new ExecutionRun.Legacy(left.record(), kept, group, goesOn), registered);
        try {
            register(execution);
            admission.occupy();
            registered.complete(true);
        } finally {
            registered.complete(false);
        }
        return execution;
    }

    private void register(UserExecution execution) {
        lock.lock();
        try {
            if (closed) {
                throw closedAlready();
            }
            known.put(execution.id(), execution);
        } finally {
            lock.unlock();
        }
        historian.accept(execution.guarded());
        execution.guarded().accepted();
    }

    /**
     * Finds the notebook of a request, as {@link #run} does.
     *
     * @throws GuardException as {@link #run} does, but for what is closed
     */
    public Path check(ExecutionRequest request) {
        Path notebook = notebooks.resolve(request.notebook());
        RequestPaths.check(request);
        OpenExecutor executor = dependencies.executors().of(request);
        LimitsCheck.check(request, executor, dependencies.tracker());
        ParameterCheck.check(request, notebook, executor.plugin());
        engines.check(request, executor);
        return notebook;
    }

    /** Returns whether it takes no more requests. */
    public boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private static GuardException closedAlready() {
        return new GuardException(ErrorCode.ILLEGAL_STATE, "the guard is closed: make a new one to run notebooks");
    }

    /** Returns those that live and the last that have ended, in the order they were asked for. */
    public List<Execution> all() {
        lock.lock();
        try {
            return List.copyOf(known.values());
        } finally {
            lock.unlock();
        }
    }

    /** Returns rows of a snapshot for what engines run, as those report it. */
    public List<ExecutionSnapshot> reported() {
        return live().stream()
                .flatMap(execution -> execution.reported().stream())
                .toList();
    }

    /** Returns those that have not ended. */
    public List<GuardedExecution> live() {
        lock.lock();
        try {
            return known.values().stream()
                    .map(UserExecution::guarded)
                    .filter(execution -> !execution.state().isEnd())
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /** Returns one that lives, or one of the last that have ended. */
    public Optional<Execution> find(ExecutionId id) {
        lock.lock();
        try {
            return Optional.ofNullable(known.get(id));
        } finally {
            lock.unlock();
        }
    }

    private void start(GuardedExecution execution) {
        if (!execution.become(ExecutionState.ADMITTED)) {
            admission.release();
            endUnstarted(execution);
            return;
        }
        run(execution, null, CompletableFuture.completedFuture(true));
    }

    /** Starts the thread of an execution, which drives it once it is known whether it is registered. */
    private void run(
            GuardedExecution execution, ExecutionRun.@Nullable Legacy legacy, CompletableFuture<Boolean> registered) {
        Thread thread = dependencies.threads().newThread(() -> {
            try {
                if (registered.join()) {
                    new ExecutionRun(execution, dependencies, legacy, left::add, () -> afterEnd(execution)).run();
                }
            } finally {
                runThreads.remove(Thread.currentThread());
            }
        });
        thread.setName("nbguard-run-" + execution.id().shortForm());
        runThreads.add(thread);
        try {
            thread.start();
        } catch (RuntimeException | Error e) {
            runThreads.remove(thread);
            throw e;
        }
    }

    private void afterEnd(GuardedExecution execution) {
        forgetOldest(execution);
        admission.release();
    }

    private void endIfWaiting(GuardedExecution execution) {
        // The thread that takes it out of the queue ends it: this one or the admission's, never both.
        if (admission.withdraw(execution)) {
            endUnstarted(execution);
        }
    }

    private void endUnstarted(GuardedExecution execution) {
        execution.endedUnstarted();
        forgetOldest(execution);
        execution.complete();
    }

    private void forget(UserExecution unstarted) {
        lock.lock();
        try {
            known.remove(unstarted.id());
        } finally {
            lock.unlock();
        }
    }

    private void forgetOldest(GuardedExecution ended) {
        lock.lock();
        try {
            endedOldestFirst.addLast(ended.id());
            while (endedOldestFirst.size() > endedKept) {
                known.remove(endedOldestFirst.removeFirst());
            }
        } finally {
            lock.unlock();
        }
    }

    // Closing.

    /** Takes no more requests. */
    public void refuseMore() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        live().forEach(GuardedExecution::guardCloses);
    }

    /** Ends all that live because the guard is being closed; returns at once. */
    public void stopAll(StopMode mode) {
        List<GuardedExecution> live = live();
        // The youngest first: those who wait must be out of the queue before the places of others become free.
        for (int i = live.size() - 1; i >= 0; i--) {
            live.get(i).stopAtClosing(mode);
        }
    }

    /** Waits until all have ended. */
    public void awaitAll() throws InterruptedException {
        try {
            allEnded(execution -> true).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a completion never fails", e);
        }
    }

    /**
     * Waits until all have ended.
     *
     * @return whether they have, within {@code longest}
     */
    public boolean awaitAll(Duration longest) throws InterruptedException {
        return await(allEnded(execution -> true), longest);
    }

    /**
     * Waits until all that run on this machine have ended.
     *
     * @return whether they have, within {@code longest}
     */
    public boolean awaitLocal(Duration longest) throws InterruptedException {
        return await(allEnded(execution -> execution.openExecutor().isLocal()), longest);
    }

    private static boolean await(CompletableFuture<Void> ended, Duration longest) throws InterruptedException {
        try {
            ended.get(longest.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a completion never fails", e);
        }
    }

    private CompletableFuture<Void> allEnded(Predicate<GuardedExecution> which) {
        lock.lock();
        try {
            return CompletableFuture.allOf(known.values().stream()
                    .map(UserExecution::guarded)
                    .filter(which)
                    .map(GuardedExecution::completion)
                    .toArray(CompletableFuture<?>[]::new));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Leaves what engines run, and have not ended, to any other guard, also one of this process. To be called when this guard writes
     * nothing any more of it, and asks its engine nothing.
     */
    public void giveBack() {
        left.forEach(Workspace::giveBack);
        left.clear();
    }

    /**
     * Ends the threads, once every execution has ended. An engine's execution of which the engine does not say what became is left
     * to the next guard.
     */
    public void close() throws InterruptedException {
        admission.close();
        live().forEach(GuardedExecution::abandon);
        for (Thread thread : runThreads) {
            // The caller may itself be one of them: the completion of an execution may close the guard.
            if (thread != Thread.currentThread()) {
                thread.join(5_000);
                if (thread.isAlive()) {
                    LOG.warn("{} does not end; it is left behind", thread.getName());
                }
            }
        }
    }
}

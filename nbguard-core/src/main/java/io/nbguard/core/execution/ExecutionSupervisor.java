package io.nbguard.core.execution;

import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.execution.StopMode;
import io.nbguard.core.announce.AnnouncedExecution;
import io.nbguard.core.announce.Announcement;
import io.nbguard.core.announce.GuardProcess;
import io.nbguard.core.event.PluginText;
import io.nbguard.core.thread.GrowingPause;
import io.nbguard.core.thread.Parking;
import io.nbguard.spi.executor.Force;
import io.nbguard.spi.executor.LaunchedExecution;
import io.nbguard.spi.executor.StopAnswer;
import io.nbguard.spi.process.FreezeReason;
import io.nbguard.spi.process.ProcessGroup;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Waits for an execution and does what falls due meanwhile: ends it when its time is up or a stop is requested, step by
 * step, and keeps its announcement true. The run's thread only.
 */
final class ExecutionSupervisor {

    private static final long LAUNCH_TIMEOUT_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long REPORT_TIMEOUT_NANOS = Duration.ofSeconds(10).toNanos();
    private static final Duration LAUNCH_LIMIT = Duration.ofMinutes(30);
    private static final long VANISHED_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long VANISHED_LOOK_NANOS = Duration.ofSeconds(5).toNanos();
    private static final Duration SHORTEST_ASK_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_ASK_PAUSE = Duration.ofMinutes(1);
    /** Within this time an executor says how an execution does that it has found again. */
    private static final long FIRST_STATE_NANOS = Duration.ofSeconds(30).toNanos();

    private static final long START_LOOK_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long NOTHING_DUE = Long.MAX_VALUE;

    private final GuardedExecution execution;
    private final RunDependencies dependencies;
    // Null where an engine runs it: then only the engine knows whether it is alive.
    private final @Nullable ProcessGroup group;
    private final @Nullable TreeEnd tree;
    private final boolean goesOn;
    private final Announcement announcement;
    private final GuardProcess guard = GuardProcess.current();

    private @Nullable Launch launch;
    // Not the first start, which an execution that another guard had begun has long behind it.
    private long launchBegunNanos;
    private @Nullable LaunchedExecution underWay;
    private long underWaySinceNanos;
    private @Nullable ExecutorCalls calls;
    private @Nullable StopLadder ladder;
    private volatile long goneSinceNanos;
    private volatile long askAgainAtNanos;
    private final GrowingPause askPause = new GrowingPause(SHORTEST_ASK_PAUSE, LONGEST_ASK_PAUSE);
    private final Set<String> obstacles = ConcurrentHashMap.newKeySet();
    private long vanishedSinceNanos;
    private boolean vanished;
    private long killedAtNanos;
    private boolean killed;
    private boolean gaveUp;
    private boolean timedOut;

    ExecutionSupervisor(
            GuardedExecution execution,
            RunDependencies dependencies,
            @Nullable ProcessGroup group,
            @Nullable TreeEnd tree,
            Announcement announcement,
            boolean goesOn) {
        this.execution = execution;
        this.dependencies = dependencies;
        this.group = group;
        this.tree = tree;
        this.goesOn = goesOn;
        this.announcement = announcement;
        launchBegunNanos = dependencies.clock().nanoTime();
        askAgainAtNanos = launchBegunNanos;
    }

    /** Waits for the launch; returns early, it not being complete, if it was to stop and did not for half a minute. */
    void during(Launch starting) {
        launch = starting;
        await(starting.launched());
    }

    /** Waits for the end; returns early, it not being complete, if everything was killed and no report came. */
    void during(LaunchedExecution running, CompletableFuture<?> end, ExecutorFaults faults) {
        underWay = running;
        underWaySinceNanos = dependencies.clock().nanoTime();
        ExecutorCalls asking = new ExecutorCalls(
                running,
                faults,
                dependencies.threads(),
                dependencies.clock(),
                this::isAnswered,
                execution::wake,
                group == null ? ExecutorCalls.REMOTE : ExecutorCalls.LOCAL);
        calls = asking;
        // What was tried on the launch did not reach what it started: a stop under way begins anew.
        ladder = null;
        killed = false;
        gaveUp = false;
        try {
            await(end);
        } finally {
            asking.close();
        }
    }

    private void await(CompletableFuture<?> awaited) {
        Thread self = Thread.currentThread();
        awaited.whenComplete((result, failure) -> LockSupport.unpark(self));
        while (!awaited.isDone() && !gaveUp) {
            long now = dependencies.clock().nanoTime();
            long wait = Math.min(
                    Math.min(Math.min(endInTime(now), startInTime(now)), launchInTime(now)),
                    Math.min(Math.min(stop(now), vanish(now)), announce(now)));
            gaveUp |= execution.isAbandoned() && group == null;
            if (wait > 0 && !awaited.isDone() && !gaveUp) {
                Parking.park(this, wait);
            }
        }
    }

    // Each of these does what is due and returns the nanoseconds until it has something to do again.

    private long endInTime(long now) {
        Optional<Duration> allowed = execution.request().timeout();
        if (allowed.isEmpty() || timedOut) {
            return NOTHING_DUE;
        }
        OptionalLong since = execution.timedSinceNanos();
        if (since.isEmpty()) {
            // running() wakes this thread.
            return NOTHING_DUE;
        }
        long left = saturatedNanos(allowed.get()) - (now - since.getAsLong());
        if (left > 0) {
            return left;
        }
        execution.end(EndCause.timeout(allowed.get()), StopMode.GRACEFUL);
        timedOut = true;
        return 0;
    }

    private long startInTime(long now) {
        Optional<Duration> allowed = execution.request().startTimeout();
        if (allowed.isEmpty() || timedOut || execution.userCodeRan()) {
            return NOTHING_DUE;
        }
        if (goesOn && (underWay == null || now - underWaySinceNanos < FIRST_STATE_NANOS)
                || execution.state() == ExecutionState.CONTACT_LOST) {
            // It may have started long ago: that is not known at the moment.
            return START_LOOK_NANOS;
        }
        long left = saturatedNanos(allowed.get()) - (now - execution.launchedAtNanos());
        if (left > 0) {
            return left;
        }
        execution.end(EndCause.startTimeout(allowed.get()), StopMode.IMMEDIATE);
        timedOut = true;
        return 0;
    }

    private long launchInTime(long now) {
        if (underWay != null || execution.lifecycle().cause() != null) {
            return NOTHING_DUE;
        }
        long left = LAUNCH_LIMIT.toNanos() - (now - launchBegunNanos);
        if (left > 0) {
            return left;
        }
        if (goesOn && group == null && launch != null) {
            // Its engine runs it: it is looked for again, and does not end because its executor hangs.
            launch.interrupt();
            launchBegunNanos = now;
            return LAUNCH_LIMIT.toNanos();
        }
        execution.end(EndCause.launchTooLong(execution.openExecutor().name(), LAUNCH_LIMIT), StopMode.IMMEDIATE);
        return 0;
    }

    /** Gives up on a report if every process has been gone for half a minute and no stop was requested. */
    private long vanish(long now) {
        ProcessGroup processes = group;
        if (underWay == null
                || processes == null
                || execution.lifecycle().cause() != null
                || processes.root().isEmpty()) {
            return NOTHING_DUE;
        }
        if (!processes.isEmpty()) {
            vanished = false;
        } else if (!vanished) {
            vanished = true;
            vanishedSinceNanos = now;
        } else {
            gaveUp = now - vanishedSinceNanos > VANISHED_NANOS;
        }
        return VANISHED_LOOK_NANOS;
    }

    private static long saturatedNanos(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException longerThanAnyoneLives) {
            return NOTHING_DUE;
        }
    }

    private long stop(long now) {
        LifecycleState lifecycle = execution.lifecycle();
        EndCause cause = lifecycle.cause();
        StopMode mode = lifecycle.stop();
        if (cause == null || mode == null) {
            return NOTHING_DUE;
        }
        StopLadder steps = ladder;
        if (steps == null) {
            steps = StopLadder.begin(cause.reason(), mode, dependencies.stopGrace(), now);
            ladder = steps;
        } else if (mode == StopMode.IMMEDIATE) {
            steps.hasten(now);
        }
        if (!steps.isDue(now)) {
            return steps.dueInNanos(now);
        }
        push(steps.take(now), now);
        return 0;
    }

    private long announce(long now) {
        if (!announcement.isWanted() || group == null) {
            // It shows other processes of this machine what runs on it.
            return NOTHING_DUE;
        }
        Instant launchedAt = execution.startedAt().orElseGet(dependencies.clock()::instant);
        return announcement.offer(
                new AnnouncedExecution(
                        execution.id(),
                        execution.notebook(),
                        execution.state(),
                        execution.progress().cellsDone(),
                        execution.progress().cellsTotal(),
                        execution.request().priority(),
                        group.root(),
                        launchedAt,
                        guard,
                        execution.request().limits().memory(),
                        dependencies.memoryBudget()),
                now);
    }

    private void push(Force force, long now) {
        if (underWay == null && launch != null && !(goesOn && group == null)) {
            // There is nothing to signal yet: the launch is asked to give up, whatever the force. What looks for an
            // execution that its engine runs already is not interrupted: the execution would be lost.
            launch.interrupt();
        }
        if (force == Force.KILL) {
            kill(now);
        } else {
            thaw();
            ask(force, now);
        }
    }

    /** A frozen process does not handle a request to end, and would be killed without having handled it. */
    private void thaw() {
        ProcessGroup processes = group;
        if (processes == null) {
            return;
        }
        Set<FreezeReason> held = processes.frozenBy();
        held.forEach(processes::thaw);
        if (held.stream().anyMatch(why -> why != FreezeReason.BYSTANDER)) {
            execution.note("it was paused, and goes on so that it can handle the request to end");
        }
    }

    private void kill(long now) {
        if (!killed) {
            killed = true;
            killedAtNanos = now;
        }
        // The tree first, while the root still holds it together; then the executor, so that it tries nothing new.
        if (tree != null) {
            tree.signal();
        }
        ask(Force.KILL, now);
        announce(now);
        if (underWay == null) {
            gaveUp = !mayRunInEngine() && now - killedAtNanos > LAUNCH_TIMEOUT_NANOS;
        } else if (tree != null) {
            gaveUp = !tree.confirm() || dependencies.clock().nanoTime() - killedAtNanos > REPORT_TIMEOUT_NANOS;
        } else {
            // No time-out ends the record of what may be alive: the engine has to say that it is gone.
            gaveUp = execution.gone() && now - goneSinceNanos > REPORT_TIMEOUT_NANOS;
        }
    }

    /** Returns whether an engine may run it though its launch has not returned. */
    private boolean mayRunInEngine() {
        return group == null && execution.handle().isPresent();
    }

    private void ask(Force force, long now) {
        ExecutorCalls asking = calls;
        if (asking != null && (group != null || force != Force.KILL || now - askAgainAtNanos >= 0)) {
            asking.stop(force);
        }
    }

    /** Notes what keeps a stop from its effect, each once. */
    private void tell(String obstacle) {
        if (obstacles.add(obstacle)) {
            execution.note(obstacle);
        }
    }

    /** Takes in what an executor has answered to a stop. Any thread. */
    private void isAnswered(Force force, StopAnswer answer, long now) {
        if (group != null) {
            // Its processes are killed here, whatever its executor does.
            return;
        }
        switch (answer.kind()) {
            case GONE -> {
                if (!execution.gone()) {
                    goneSinceNanos = now;
                    execution.isGone();
                }
                return;
            }
            case UNREACHABLE ->
                tell("its engine does not answer: " + PluginText.bounded(answer.why()) + "; it is asked again");
            case REFUSED ->
                tell("its engine does not end it: " + PluginText.bounded(answer.why()) + "; it is asked again");
        }
        askAgainAtNanos = now + askPause.takeNanos();
    }
}

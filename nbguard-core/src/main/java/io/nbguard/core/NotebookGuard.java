package io.nbguard.core;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardException;
import io.nbguard.api.Registration;
import io.nbguard.api.event.GuardListener;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.StopMode;
import io.nbguard.api.history.History;
import io.nbguard.api.measure.Reading;
import io.nbguard.api.resource.DeviceSnapshot;
import io.nbguard.api.schedule.Schedules;
import io.nbguard.api.snapshot.Snapshot;
import io.nbguard.api.watchdog.EmergencyReport;
import io.nbguard.core.emergency.EmergencyShutdown;
import io.nbguard.spi.executor.EngineHealth;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs notebooks, measures them, and ends the heaviest before the node runs out of memory:
 *
 * <pre>{@code
 * try (NotebookGuard guard = NotebookGuard.builder().notebooks(dir).outputs(runs).build()) {
 *     guard.listen(event -> log.info("{}", event.message()));
 *     Execution run = guard.run(ExecutionRequest.of("report.ipynb").parameter("year", 2026).build());
 *     run.completion().join();
 * }
 * }</pre>
 *
 * <p>Safe for use by any thread; no method but {@link #close}, {@link #emergencyShutdown} and {@link #notebooks} waits for
 * anything. Several guards may live in one JVM.
 */
public final class NotebookGuard implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NotebookGuard.class);
    private static final Duration ENGINE_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration LONGEST_KILL = Duration.ofSeconds(60);

    private final GuardParts parts;
    private final CloseAction onClose;
    private final Duration gracefulStop;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final @Nullable Thread shutdownHook;

    NotebookGuard(GuardSettings settings) {
        parts = GuardAssembly.open(settings);
        onClose = settings.lifecycle().onClose();
        gracefulStop = settings.lifecycle().stopGrace().multipliedBy(2).plus(LONGEST_KILL);
        shutdownHook =
                settings.lifecycle().shutdownHook() ? new Thread(this::closeAtShutdown, "nbguard-shutdown") : null;
        if (shutdownHook != null) {
            try {
                Runtime.getRuntime().addShutdownHook(shutdownHook);
            } catch (IllegalStateException e) {
                parts.open().close();
                throw new GuardException(ErrorCode.ILLEGAL_STATE, "no guard can be built while this JVM shuts down", e);
            }
        }
        // Last: what is taken up and then not followed, as no guard is made, would be followed by no guard.
        parts.history().takeUp();
    }

    /** Returns what it is made of, for tests in which time does not pass by itself. */
    GuardParts parts() {
        return parts;
    }

    /** Begins the settings of a guard. */
    public static GuardBuilder builder() {
        return new GuardBuilder();
    }

    /**
     * Asks for a run. The execution waits for its turn and is then launched; this returns at once.
     *
     * @throws GuardException with code NOT_FOUND if there is no such notebook (the message names similar ones),
     *     INVALID_REQUEST if the notebook leads out of its folder, a path in the request cannot be meant, or the notebook has
     *     a cell tagged {@code parameters} that lacks one of the request's, ILLEGAL_STATE if this guard is closed, OVERLOADED
     *     if as many executions wait as may ({@link AdmissionSettings#maxQueued})
     */
    public Execution run(ExecutionRequest request) {
        return parts.executions().run(request);
    }

    /** Returns the executions that have not ended and the last ones that have, in the order they were asked for. */
    public List<Execution> executions() {
        return parts.executions().all();
    }

    /** Returns an execution that has not ended, or one of the last that have. */
    public Optional<Execution> execution(ExecutionId id) {
        Objects.requireNonNull(id, "id");
        return parts.executions().find(id);
    }

    /**
     * Returns every notebook below the notebooks folder as a request names it, sorted: whatever has an extension that the
     * executor runs. Hidden folders such as {@code .ipynb_checkpoints} are left out. Reads the folder.
     *
     * @throws GuardException with code ENVIRONMENT if the folder cannot be read
     */
    public List<String> notebooks() {
        return parts.notebooks().list();
    }

    /** Returns what this guard runs by itself, and when. */
    public Schedules schedules() {
        return parts.scheduler();
    }

    /** Returns what this guard has done, and, where its history store lasts, what guards before it have. Its reads may wait. */
    public History history() {
        return parts.history().view();
    }

    /**
     * Returns the devices of this machine, such as GPUs, and their use, as the device probes report them. Waits two seconds at most
     * for a probe that does not answer; what it said last is then returned, with its use unavailable.
     *
     * @return unavailable, with the reasons, if there is no device probe or none has ever answered
     */
    public Reading<List<DeviceSnapshot>> devices() {
        return parts.devices().look();
    }

    /** Returns the readings of the latest tick. */
    public Snapshot snapshot() {
        return parts.loop().snapshot().with(parts.executions().reported());
    }

    /**
     * Returns whether the engines of the guard's remote executors answer, as last known, by the executor's name. Asks no engine:
     * returns at once, but for a tenth of a second with an executor that does not. That one is reported as unreachable.
     */
    public Map<String, EngineHealth> engines() {
        return parts.engines().all();
    }

    /**
     * Delivers every event from now on to {@code listener}, on the guard's event thread.
     *
     * @return ends that when closed
     */
    public Registration listen(GuardListener listener) {
        Objects.requireNonNull(listener, "listener");
        return parts.events().listen(listener);
    }

    /** Returns what is in force: which plugins won and why others did not, folders, limits. */
    public GuardDescription description() {
        return parts.description();
    }

    /**
     * Ends everything at once, within ten seconds; see {@link #emergencyShutdown(String, Duration)}.
     *
     * @throws IllegalArgumentException if {@code reason} is blank
     */
    public EmergencyReport emergencyShutdown(String reason) {
        return emergencyShutdown(reason, EmergencyShutdown.USUAL_BOUND);
    }

    /**
     * Ends everything at once: whatever runs, is being launched or stands still is killed, whatever waits ends unstarted.
     * First the reason is put into every record ({@link io.nbguard.api.execution.EndReason#EMERGENCY}; one that was being killed for
     * another reason keeps it), then all are signalled, then this waits until all are dead. What happened is published
     * ({@link io.nbguard.api.event.GuardEvent.EmergencyShutdown}), logged, and kept in {@code .nbguard/emergency-TIME.json} in
     * the outputs folder.
     *
     * <p>For any thread, also a listener's, a shutdown hook's or one that an execution's completion runs on. While a
     * shutdown is under way a second one waits for it and returns its report (one of its own threads does not wait); when
     * there is nothing to end, also after {@link #close}, no event is published and nothing is kept. The guard
     * stays open: new requests, of schedules too, are accepted, and wait as usual while memory is short.
     *
     * @param reason why, for people
     * @param longest how long to wait for the deaths at most, 0 or more; up to one second more may be spent on the file
     * @return what was ended, and what of it is not known to be dead when the time is up: that is tried on
     * @throws IllegalArgumentException if {@code reason} is blank or {@code longest} negative
     */
    public EmergencyReport emergencyShutdown(String reason, Duration longest) {
        if (reason.isBlank()) {
            throw new IllegalArgumentException("an emergency shutdown needs a reason: it is kept in every record");
        }
        if (longest.isNegative()) {
            throw new IllegalArgumentException("the longest wait must not be negative: " + longest);
        }
        return parts.emergency().order(reason, longest);
    }

    /**
     * Ends every execution as {@link CloseAction} says, notifies listeners, and leaves no thread, process, descriptor or
     * temporary folder behind. Takes bounded time, but for {@link CloseAction#WAIT}. May be called by any thread, also by
     * a listener or when an execution completes; a second call returns at once.
     */
    @Override
    public void close() {
        close(onClose);
    }

    private void close(CloseAction action) {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        boolean interrupted = false;
        try {
            parts.scheduler().refuseMore();
            parts.executions().refuseMore();
            interrupted = endExecutions(action);
        } finally {
            parts.open().close();
            forgetShutdownHook();
            closed.countDown();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Returns whether this thread was interrupted meanwhile. */
    private boolean endExecutions(CloseAction action) {
        boolean interrupted = false;
        try {
            if (action == CloseAction.WAIT) {
                parts.executions().awaitAll();
            } else if (action == CloseAction.STOP_GRACEFULLY) {
                parts.executions().stopAll(StopMode.GRACEFUL);
                parts.executions().awaitAll(gracefulStop);
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        parts.executions().stopAll(StopMode.IMMEDIATE);
        long deadline = System.nanoTime() + LONGEST_KILL.toNanos();
        while (true) {
            try {
                Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
                if (!parts.executions().awaitLocal(left)) {
                    LOG.error("not every execution could be ended within {}; closing all the same", LONGEST_KILL);
                }
                // Executions whose engine does not confirm their end are left to the next guard.
                parts.executions().awaitAll(left.compareTo(ENGINE_TIMEOUT) < 0 ? left : ENGINE_TIMEOUT);
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }

    private void forgetShutdownHook() {
        if (shutdownHook == null || Thread.currentThread() == shutdownHook) {
            return;
        }
        try {
            Runtime.getRuntime().removeShutdownHook(shutdownHook);
        } catch (IllegalStateException e) {
            LOG.debug("the JVM is shutting down already", e);
        }
    }

    private void closeAtShutdown() {
        // A JVM that is to end does not wait for a notebook's end.
        close(onClose == CloseAction.WAIT ? CloseAction.STOP_IMMEDIATELY : onClose);
        try {
            // Another thread may have begun to close: the JVM must not go before it is done.
            if (!closed.await(2, TimeUnit.MINUTES)) {
                LOG.error("the guard could not be closed before the JVM ends");
            }
        } catch (InterruptedException e) {
            LOG.debug("the JVM's end does not wait for the guard", e);
        }
    }
}

package io.nbguard.core.emergency;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.snapshot.Snapshot;
import io.nbguard.api.watchdog.EmergencyReport;
import io.nbguard.core.execution.GuardedExecution;
import io.nbguard.core.execution.RunDependencies;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One emergency shutdown, in the order of what matters: record the reason everywhere, signal every tree, and only then write
 * and wait. The trees are signalled by their runs' threads, all side by side, and once more by a thread that goes
 * round: so neither a tree that cannot be searched nor a run that waits for a disk delays the others. It kills each once and waits for
 * all together, since each run confirms its own tree.
 */
final class Sweep {

    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final long PAUSE_NANOS = 2_000_000L;
    private static final long LEAST_FOR_THE_FILE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String reason;
    private final long longestNanos;
    private final List<GuardedExecution> targets;
    private final List<ExecutionState> found;
    private final RunDependencies dependencies;
    private final BiConsumer<String, Runnable> threads;
    private final Instant at;
    private final CountDownLatch done = new CountDownLatch(1);
    private final long beganNanos = System.nanoTime();
    private volatile long tookNanos = -1;
    private volatile @Nullable Thread rounds;
    private volatile @Nullable EmergencyReport outcome;

    /**
     * Does nothing yet.
     *
     * @param targets the executions that have not ended
     * @param threads starts a thread of a name
     */
    Sweep(
            String reason,
            Duration longest,
            List<GuardedExecution> targets,
            RunDependencies dependencies,
            BiConsumer<String, Runnable> threads) {
        this.reason = reason;
        this.targets = targets;
        this.dependencies = dependencies;
        this.threads = threads;
        found = targets.stream().map(GuardedExecution::state).toList();
        longestNanos = bounded(longest);
        at = dependencies.clock().instant();
    }

    private static long bounded(Duration longest) {
        return (longest.compareTo(LONGEST) < 0 ? longest : LONGEST).toNanos();
    }

    /** Returns whether it ends an execution. */
    boolean has(GuardedExecution execution) {
        return targets.contains(execution);
    }

    boolean isIdle() {
        return targets.isEmpty();
    }

    /** Carries it out, on this thread and two more. */
    EmergencyReport carryOut() {
        Snapshot before = snapshot();
        targets.forEach(target -> target.doom(reason));
        targets.forEach(GuardedExecution::wakeIfLaunched);
        tryToStart("nbguard-emergency-rounds", this::goRound);
        EmergencyFile file = new EmergencyFile(dependencies.outputs(), at, reason, targets, found, before);
        boolean writes = tryToStart("nbguard-emergency-file", file::write);

        boolean interrupted = await(Sweep::isDead);
        if (targets.stream().allMatch(Sweep::isDead)) {
            tookNanos = System.nanoTime() - beganNanos;
        }
        interrupted |= await(GuardedExecution::isComplete);
        file.finish(report(Optional.empty()));
        long left = Math.max(LEAST_FOR_THE_FILE_NANOS, longestNanos - (System.nanoTime() - beganNanos));
        EmergencyReport report = report(writes ? file.await(left) : Optional.empty());
        outcome = report;
        done.countDown();
        tell(report);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return report;
    }

    /** Returns the last tick's readings, which takes microseconds; null if that fails: nothing hangs on it. */
    private @Nullable Snapshot snapshot() {
        try {
            return dependencies.loop().snapshot();
        } catch (RuntimeException | OutOfMemoryError e) {
            return null;
        }
    }

    /** Returns whether nothing of it can be alive. */
    private static boolean isDead(GuardedExecution target) {
        return target.gone() || target.startedAt().isEmpty();
    }

    private boolean tryToStart(String name, Runnable work) {
        try {
            threads.accept(name, work);
            return true;
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.error("no thread {} can be started: {}", name, e.toString());
            return false;
        }
    }

    private void goRound() {
        rounds = Thread.currentThread();
        for (GuardedExecution target : targets) {
            if (target.startedAt().isPresent()) {
                target.kill();
            }
        }
        // Queued executions are ended on this thread, and what waits for their end may take time.
        targets.forEach(GuardedExecution::wake);
    }

    /** Waits until something is true of all, or the time is up; returns whether this thread was interrupted meanwhile. */
    private boolean await(Predicate<GuardedExecution> what) {
        boolean interrupted = false;
        while (!targets.stream().allMatch(what) && System.nanoTime() - beganNanos < longestNanos) {
            LockSupport.parkNanos(this, PAUSE_NANOS);
            interrupted |= Thread.interrupted();
        }
        return interrupted;
    }

    /**
     * Waits for a shutdown that another caller has ordered.
     *
     * @return its report; as things stand now, if it takes longer or this is one of its own threads
     */
    EmergencyReport join(Duration longest) {
        if (Thread.currentThread() != rounds) {
            try {
                done.await(bounded(longest), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        EmergencyReport finished = outcome;
        return finished == null ? report(Optional.empty()) : finished;
    }

    /** Returns how things stand. */
    EmergencyReport report(Optional<Path> persisted) {
        List<ExecutionId> survivors = new ArrayList<>();
        for (GuardedExecution target : targets) {
            if (!isDead(target)) {
                survivors.add(target.id());
            }
        }
        long took = targets.isEmpty() ? 0 : tookNanos;
        return new EmergencyReport(
                at,
                reason,
                targets.stream().map(GuardedExecution::id).toList(),
                survivors,
                Duration.ofNanos(took < 0 ? System.nanoTime() - beganNanos : took),
                persisted);
    }

    private void tell(EmergencyReport report) {
        if (report.survivors().isEmpty()) {
            LOG.warn(
                    "emergency shutdown: {} executions are dead after {} ms",
                    report.ended().size(),
                    report.took().toMillis());
        } else {
            LOG.error(
                    "emergency shutdown: still alive after {} ms: {}",
                    report.took().toMillis(),
                    report.survivors());
        }
        if (report.persisted().isEmpty()) {
            LOG.error("the report of the emergency shutdown could not be written ({})", reason);
        }
    }
}

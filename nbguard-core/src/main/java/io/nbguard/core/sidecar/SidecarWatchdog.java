package io.nbguard.core.sidecar;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardClock;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.core.sampling.SamplingLoop;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.process.ProcessIdentity;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the sidecar watches, by its host's word. {@link #take} is called by one thread. */
final class SidecarWatchdog implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SidecarWatchdog.class);

    private static final Duration HOST_TIMEOUT = Duration.ofMillis(500);

    /** A loop that is later than this does not protect the executions any more. */
    private static final Duration HUNG = Duration.ofSeconds(1);

    /** It is quiet while not even the fastest notebook could get to a threshold in this time. */
    private static final Duration QUIET = Duration.ofMillis(20);

    private final Message.Settings settings;
    private final SidecarMachine machine;
    private final Outbox outbox;
    private final SamplingLoop loop;
    private final QuietCollector collector = new QuietCollector();
    private final Map<ExecutionId, RemoteExecution> watched = new ConcurrentHashMap<>();

    private SidecarWatchdog(Message.Settings settings, SidecarMachine machine, Outbox outbox) {
        this.settings = settings;
        this.machine = machine;
        this.outbox = outbox;
        loop = new SamplingLoop(
                settings.sampling(),
                machine.probes(),
                machine.tracker(),
                machine.policies(),
                this::tell,
                GuardClock.SYSTEM,
                work -> {
                    Thread thread = new Thread(work, "nbguard-watchdog");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /**
     * Leaves it to the host to end everything, which knows how to put that down; a host that stands still gets half a
     * second.
     */
    private void endEverything(String reason) {
        List<RemoteExecution> all = List.copyOf(watched.values());
        outbox.send(new Message.Emergency(reason));
        Thread thread = new Thread(
                () -> {
                    LockSupport.parkNanos(this, HOST_TIMEOUT.toNanos());
                    all.forEach(RemoteExecution::kill);
                },
                "nbguard-emergency");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Opens what the host has open, and begins to look.
     *
     * @throws UnavailableException if that cannot be done here
     */
    static SidecarWatchdog open(Message.Settings settings, Outbox outbox) throws UnavailableException {
        SidecarWatchdog sidecarWatchdog = new SidecarWatchdog(settings, SidecarMachine.open(settings), outbox);
        if (settings.emergency()) {
            sidecarWatchdog.loop.onEmergency(sidecarWatchdog::endEverything);
        }
        sidecarWatchdog.loop.start();
        outbox.send(new Message.Ready(sidecarWatchdog.machine.sources()));
        return sidecarWatchdog;
    }

    /** Does what the host says. */
    void take(Message message) {
        if (message instanceof Message.Watch told) {
            watched.put(told.id(), new RemoteExecution(told, GuardClock.SYSTEM.nanoTime(), outbox));
        } else if (message instanceof Message.Update told) {
            update(told);
        } else if (message instanceof Message.Dying told) {
            RemoteExecution execution = watched.get(told.scenario().victim());
            if (execution != null) {
                execution.dying(told.scenario());
            }
        } else if (message instanceof Message.Unwatch told) {
            unwatch(watched.remove(told.id()));
        } else if (message instanceof Message.Sync told) {
            outbox.send(new Message.Synced(told.number()));
        } else {
            throw new IllegalArgumentException("a host does not say " + message);
        }
    }

    private void update(Message.Update told) {
        RemoteExecution execution = watched.get(told.id());
        if (execution == null) {
            return;
        }
        execution.learn(told);
        if (execution.isAttached() || told.root().isEmpty()) {
            return;
        }
        ProcessIdentity root = told.root().get();
        try {
            execution.attached(machine.tracker().attach(told.id(), root));
            loop.watch(execution);
            outbox.send(new Message.Watching(told.id()));
        } catch (UnavailableException | RuntimeException e) {
            LOG.debug("{} cannot be watched", execution.notebook(), e);
            outbox.send(new Message.NotWatching(told.id(), String.valueOf(e.getMessage())));
        }
    }

    private void unwatch(@Nullable RemoteExecution execution) {
        if (execution != null && execution.isAttached()) {
            execution.isGone();
            loop.unwatch(execution);
            execution.group().close();
        }
    }

    /** Says that all is well, if it is, and nothing else is waiting to be said. Called by one thread, again and again. */
    void beat() {
        if (loop.overdue().negated().compareTo(QUIET) >= 0) {
            collector.look();
        }
        if (loop.overdue().compareTo(HUNG) < 0 && outbox.isIdle()) {
            outbox.send(new Message.Heartbeat(loop.reaction().toNanos()));
        }
    }

    /** The loop's events on their way to the host, which publishes its own readings itself. Returns at once. */
    private void tell(GuardEvent event) {
        if (event instanceof GuardEvent.Terminated told && !told.scenario().dryRun()) {
            // It was reported to the host before the signal.
            return;
        }
        if (event instanceof GuardEvent.KillConfirmed told && !isKilledHere(told.id())
                || event instanceof GuardEvent.KillUnconfirmed unsure && !isKilledHere(unsure.id())) {
            return;
        }
        if (event instanceof GuardEvent.ReadingDegraded told) {
            offer(new GuardEvent.ReadingDegraded(told.at(), own(told.quantity()), told.reason()));
        } else if (event instanceof GuardEvent.ReadingRestored told) {
            offer(new GuardEvent.ReadingRestored(told.at(), own(told.quantity())));
        } else if (event instanceof GuardEvent.PluginMisbehaved told) {
            offer(new GuardEvent.PluginMisbehaved(
                    told.at(),
                    own(told.kind()),
                    told.plugin(),
                    told.fault(),
                    told.id(),
                    told.notebook(),
                    told.message()));
        } else if (EventWire.isTold(event)) {
            offer(event);
        }
    }

    private static String own(String quantity) {
        return quantity + " (in the sidecar)";
    }

    private void offer(GuardEvent event) {
        outbox.offer(new Message.Happened(event));
    }

    private boolean isKilledHere(ExecutionId id) {
        RemoteExecution execution = watched.get(id);
        // Unknown by now: the host has seen its end already, and only a kill from here is still followed here.
        return execution == null || execution.isKilledHere();
    }

    /** The host is dead: nothing that it ran may live, and nothing that it made for the time of a run may stay. */
    void orphaned() {
        Map<ExecutionId, RemoteExecution> left = new LinkedHashMap<>(watched);
        left.values().forEach(RemoteExecution::signal);
        loop.close();
        new OrphanCleanup(settings).clear(left.values());
        left.values().stream()
                .filter(RemoteExecution::isAttached)
                .forEach(execution -> execution.group().close());
        machine.closeAfterTheGuard(settings);
    }

    /** Ends watching; what is watched goes on. */
    @Override
    public void close() {
        loop.close();
        machine.close();
    }
}

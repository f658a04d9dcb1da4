package io.nbguard.core.sidecar;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardClock;
import io.nbguard.api.GuardException;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.watchdog.KillScenario;
import io.nbguard.api.watchdog.WatchdogMode;
import io.nbguard.core.event.EventSink;
import io.nbguard.core.execution.OutsideWatch;
import io.nbguard.core.measure.Watched;
import io.nbguard.core.thread.Parking;
import io.nbguard.core.watchdog.RemoteWatchdog;
import io.nbguard.core.workspace.RunFolders;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host's side of the watchdog in a sidecar: keeps one running, sends it what to watch, and makes its kills and events
 * the guard's own. While none can be relied upon, {@link #isActive} says so, and the host's own watchdog acts.
 *
 * <p>A thread compares, ten times a second, what there is with what was sent, and sends the difference: no other thread in
 * the host waits for the sidecar or knows of it, and a new sidecar gets everything by the same comparison.
 */
public final class Sidecar implements OutsideWatch, RemoteWatchdog, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Sidecar.class);
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration NEWS_OF_KILLS = Duration.ofSeconds(2);
    private static final Duration FAREWELL = Duration.ofSeconds(3);

    private final Message.Settings settings;
    private final ProcessBuilder command;
    private final EventSink events;
    private final GuardClock clock;
    private final ThreadFactory threads;
    private final Connection.Listener listener = new MessageListener();
    private final Map<ExecutionId, SidecarRegistration> registrations = new ConcurrentHashMap<>();
    private final Set<ExecutionId> gone = ConcurrentHashMap.newKeySet();
    private final Set<ExecutionId> notOurs = ConcurrentHashMap.newKeySet();
    private final Map<Long, CompletableFuture<Void>> syncs = new ConcurrentHashMap<>();
    private final AtomicLong syncNumber = new AtomicLong();
    private final CompletableFuture<Message.Ready> firstReady = new CompletableFuture<>();
    private final FailoverPolicy handover;
    private final Thread monitor;

    private volatile Runnable whenMoved = () -> {};
    private volatile Consumer<String> whenEmergency = reason -> {};
    private volatile @Nullable Connection current;
    private volatile @Nullable Connection ready;
    private volatile @Nullable String endedBecause;
    private volatile boolean heard;
    private volatile boolean onDuty;
    private volatile long reactionNanos;
    private volatile boolean closed;

    /**
     * Prepares; nothing is started.
     *
     * @throws GuardException (ENVIRONMENT) if no sidecar can be started from what this JVM runs from
     */
    public Sidecar(SidecarNeeds needs, EventSink events, GuardClock clock, ThreadFactory threads) {
        settings = needs.settings();
        List<Object> plugins = new ArrayList<>(needs.probes());
        plugins.addAll(needs.trackers());
        plugins.addAll(needs.killPolicies());
        command = SidecarCommand.of(SidecarClassPath.of(plugins, needs.configuration()), needs.configuration());
        this.events = events;
        this.clock = clock;
        this.threads = threads;
        handover = new FailoverPolicy(clock.nanoTime(), LOOK);
        monitor = threads.newThread(this::monitor);
        monitor.setName("nbguard-sidecar");
    }

    /**
     * Sets what is called, with the reason, when the sidecar finds that single kills do not help; {@code action} must return
     * at once. Where it does not end everything within half a second, the sidecar does. Call before {@link #start}.
     */
    public void onEmergency(Consumer<String> action) {
        whenEmergency = action;
    }

    /**
     * Starts a sidecar and waits until it watches; half a second as a rule, 20 s at most.
     *
     * @param moved called whenever the watchdog has moved, so that the host's loop looks at once
     * @return what it reads, for a person
     * @throws GuardException (ENVIRONMENT) if it does not come to watch: the message holds what it printed
     */
    public String start(Runnable moved) {
        whenMoved = moved;
        String trouble;
        boolean interrupted = false;
        long begun = clock.nanoTime();
        open(begun);
        try {
            Message.Ready answer = firstReady.get(FailoverPolicy.START.toSeconds(), TimeUnit.SECONDS);
            LOG.info("the sidecar is ready after {} ms", (clock.nanoTime() - begun) / 1_000_000);
            look(clock.nanoTime());
            monitor.start();
            Connection connection = current;
            return "pid " + (connection == null ? "?" : connection.pid()) + ": " + String.join("; ", answer.sources());
        } catch (TimeoutException e) {
            trouble = "it was not ready within " + FailoverPolicy.START.toSeconds() + " s";
        } catch (ExecutionException e) {
            trouble = String.valueOf(e.getCause() == null ? e : e.getCause().getMessage());
        } catch (InterruptedException e) {
            interrupted = true;
            trouble = "this thread was interrupted";
        }
        Connection failed = current;
        close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        String printed = failed == null ? "" : failed.printed();
        throw new GuardException(
                ErrorCode.ENVIRONMENT,
                "the watchdog's sidecar cannot work here: " + trouble
                        + (printed.isEmpty() ? "" : "; it printed:\n" + printed)
                        + "\n(started as: " + String.join(" ", command.command())
                        + "; in the mode IN_PROCESS the watchdog needs none)");
    }

    // What the host's loop asks.

    @Override
    public boolean isActive() {
        return onDuty;
    }

    @Override
    public long reactionNanos() {
        return reactionNanos;
    }

    // What the runs report.

    @Override
    public void begin(Watched execution, RunFolders folders) {
        registrations.put(execution.id(), new SidecarRegistration(execution, folders));
        LockSupport.unpark(monitor);
    }

    @Override
    public void end(Watched execution) {
        if (registrations.remove(execution.id()) != null) {
            gone.add(execution.id());
        }
        LockSupport.unpark(monitor);
    }

    @Override
    public void learnKills() {
        Connection connection = ready;
        if (connection == null) {
            return;
        }
        long number = syncNumber.incrementAndGet();
        CompletableFuture<Void> answer = new CompletableFuture<>();
        syncs.put(number, answer);
        try {
            connection.outbox().send(new Message.Sync(number));
            // It may have ended between the two lines above, and would never answer.
            if (ready == connection) {
                answer.get(NEWS_OF_KILLS.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (TimeoutException | ExecutionException e) {
            LOG.debug("the sidecar does not answer; the end of an execution is judged without it", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            syncs.remove(number);
        }
    }

    // The monitor.

    private void monitor() {
        while (!closed) {
            try {
                look(clock.nanoTime());
            } catch (RuntimeException | Error e) {
                LOG.error("the sidecar cannot be seen to; it is tried again", e);
            }
            Parking.park(this, LOOK.toNanos());
        }
    }

    private void look(long now) {
        Connection connection = current;
        if (connection != null) {
            boolean news = heard;
            heard = false;
            if (connection == ready && !handover.isUp()) {
                handover.ready(now);
                registrations.values().forEach(SidecarRegistration::tellAnew);
                gone.clear();
            }
            if (connection == ready && connection.outbox().isIdle()) {
                tell(connection.outbox(), now);
            }
            boolean allWatched = registrations.values().stream().noneMatch(SidecarRegistration::isUnwatched);
            String trouble = endedBecause;
            Optional<String> why = handover.look(now, news, allWatched);
            if (trouble != null || why.isPresent()) {
                giveUp(connection, trouble != null ? trouble : why.orElseThrow(), now);
            } else if (!allWatched && !handover.isActive()) {
                move("in the host: its sidecar does not watch every execution");
            }
        }
        if (handover.isActive()) {
            move("in its sidecar");
        }
        if (handover.isStartDue(now)) {
            open(now);
        }
    }

    private void tell(Outbox outbox, long now) {
        for (SidecarRegistration registration : registrations.values()) {
            registration.tell(outbox, now);
        }
        gone.removeIf(id -> {
            outbox.send(new Message.Unwatch(id));
            return true;
        });
    }

    private void open(long now) {
        endedBecause = null;
        handover.started(now);
        try {
            Connection connection = Connection.open(command, listener, threads);
            current = connection;
            connection.outbox().send(settings);
        } catch (IOException e) {
            endedBecause = "it could not be started (" + e.getMessage() + ")";
            firstReady.completeExceptionally(e);
            handover.ended(now);
        }
    }

    private void giveUp(Connection connection, String why, long now) {
        handover.ended(now);
        ready = null;
        current = null;
        connection.kill();
        // What it had frozen goes on, unless it is frozen from here too.
        registrations
                .values()
                .forEach(registration -> registration.execution().group().applyHolds());
        releaseThoseWhoWait();
        String next = handover.hasGivenUp()
                ? "too many have failed, the watchdog stays here"
                : "another sidecar is being started";
        LOG.warn("sidecar {} is given up: {}; {}", connection.pid(), why, next);
        move("in the host: its sidecar is given up, " + why + "; " + next);
    }

    /** Has the host's loop know whose turn it is, and listeners. */
    private void move(String message) {
        boolean now = handover.isActive();
        if (now == onDuty) {
            return;
        }
        onDuty = now;
        events.publish(new GuardEvent.WatchdogMoved(
                clock.instant(),
                now ? WatchdogMode.SIDECAR : WatchdogMode.IN_PROCESS,
                "the watchdog is now " + message));
        whenMoved.run();
    }

    private void releaseThoseWhoWait() {
        syncs.values().forEach(answer -> answer.complete(null));
    }

    // What the sidecar says.

    private final class MessageListener implements Connection.Listener {

        @Override
        public void received(Connection from, Message message) {
            heard = true;
            if (message instanceof Message.Ready told) {
                ready = from;
                firstReady.complete(told);
                LockSupport.unpark(monitor);
            } else if (message instanceof Message.Refused told) {
                endedBecause = told.why();
                firstReady.completeExceptionally(new IOException(told.why()));
            } else if (message instanceof Message.Heartbeat told) {
                reactionNanos = told.reactionNanos();
            } else if (message instanceof Message.Watching told) {
                watching(told);
            } else if (message instanceof Message.NotWatching told) {
                notWatching(told);
            } else if (message instanceof Message.Happened told) {
                happened(told.event());
            } else if (message instanceof Message.Emergency told) {
                whenEmergency.accept(told.reason());
            } else if (message instanceof Message.Lost told) {
                events.publish(new GuardEvent.EventsDropped(clock.instant(), told.count()));
            } else if (message instanceof Message.Synced told) {
                CompletableFuture<Void> answer = syncs.get(told.number());
                if (answer != null) {
                    answer.complete(null);
                }
            }
        }

        @Override
        public void ended(Connection from, String why) {
            firstReady.completeExceptionally(new IOException(why));
            if (from == current && endedBecause == null) {
                endedBecause = why;
            }
            releaseThoseWhoWait();
            LockSupport.unpark(monitor);
        }
    }

    private void watching(Message.Watching told) {
        SidecarRegistration registration = registrations.get(told.id());
        if (registration != null) {
            registration.isWatched();
        }
    }

    private void notWatching(Message.NotWatching told) {
        SidecarRegistration registration = registrations.get(told.id());
        if (registration != null && registration.isRefused()) {
            LOG.warn(
                    "the sidecar cannot watch {} yet: {}",
                    registration.execution().notebook(),
                    told.why());
        }
    }

    private void happened(GuardEvent event) {
        if (event instanceof GuardEvent.Terminated told && !told.scenario().dryRun()) {
            terminated(told);
        } else if (event instanceof GuardEvent.KillConfirmed told && notOurs.remove(told.id())
                || event instanceof GuardEvent.KillUnconfirmed unsure && notOurs.remove(unsure.id())) {
            LOG.debug("{} was ended otherwise", event);
        } else {
            events.publish(event);
        }
    }

    /** The sidecar is about to kill, or has: the record must say so, unless another cause of its end is recorded already. */
    private void terminated(GuardEvent.Terminated told) {
        KillScenario scenario = told.scenario();
        SidecarRegistration registration = registrations.get(scenario.victim());
        if (registration != null && registration.execution().condemn(scenario)) {
            // Its run is woken, and kills what the sidecar may not have found.
            registration.execution().kill();
            events.publish(told);
            return;
        }
        notOurs.add(scenario.victim());
        events.publish(new GuardEvent.KillWithheld(
                told.at(),
                scenario.cause(),
                scenario.used(),
                scenario.threshold(),
                told.notebook() + " was chosen, and ended by itself or was being ended already"));
    }

    /** Ends the sidecar and every thread; waits three seconds at most. Executions are left alone. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(monitor);
        Connection connection = current;
        boolean interrupted = false;
        try {
            monitor.join(LOOK.toMillis() * 10);
            connection = current;
            if (connection != null) {
                connection.outbox().send(new Message.Bye());
                connection.outbox().close();
                if (!connection.awaitEnd(FAREWELL)) {
                    LOG.warn("sidecar {} does not end; it is killed", connection.pid());
                }
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (connection != null) {
            connection.kill();
            try {
                connection.awaitEnd(FAREWELL);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        onDuty = false;
        ready = null;
        releaseThoseWhoWait();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

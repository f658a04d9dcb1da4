package io.nbguard.core;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.history.History;
import io.nbguard.core.admission.Executions;
import io.nbguard.core.assembly.OpenParts;
import io.nbguard.core.event.EventSink;
import io.nbguard.core.event.PluginFaults;
import io.nbguard.core.executor.OpenExecutors;
import io.nbguard.core.history.HistoryWriter;
import io.nbguard.core.history.StoreClaims;
import io.nbguard.core.history.StoredHistory;
import io.nbguard.core.recovery.DeadGuards;
import io.nbguard.core.recovery.ExecutionRecovery;
import io.nbguard.core.sampling.SamplingLoop;
import io.nbguard.core.schedule.FireClaims;
import io.nbguard.core.schedule.FireSuccessors;
import io.nbguard.core.schedule.Scheduler;
import io.nbguard.core.workspace.FolderOwner;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.process.TrackerSession;
import io.nbguard.spi.store.HistorySession;
import io.nbguard.spi.store.HistoryStore;
import io.nbguard.spi.store.StoredExecution;
import io.nbguard.spi.store.StoredSchedule;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The open history store of one guard, with its writer and its readers. */
final class GuardHistory implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GuardHistory.class);

    private static final Duration WRITING = Duration.ofSeconds(30);
    private static final Duration CLOSING = Duration.ofSeconds(30);

    private final GuardSettings settings;
    private final String store;
    private final HistorySession session;
    private final Optional<String> guard;
    private final HistoryWriter historyWriter;
    private final History view;
    private final DeadGuards others;
    private final ExecutionRecovery recovery;
    private final OpenExecutors executors;
    private List<StoredSchedule> kept = List.of();
    private @Nullable StoreClaims claims;
    private volatile FireSuccessors successors = FireSuccessors.NONE;

    private GuardHistory(
            GuardSettings settings,
            String store,
            HistorySession session,
            OpenExecutors executors,
            TrackerSession tracker,
            EventSink listeners) {
        this.settings = settings;
        this.store = store;
        this.session = session;
        this.executors = executors;
        Optional<FolderOwner> self = FolderOwner.current();
        // A process may have several guards.
        guard = self.map(process -> process.toText() + "instance=" + UUID.randomUUID() + "\n");
        recovery = new ExecutionRecovery(
                executors,
                tracker,
                settings.storage().temporaryFiles(),
                settings.outputs(),
                settings.storage().outputTemplate(),
                settings.lifecycle().keepsExecutions());
        others = recovery.ofDeadGuards(self, guard, settings.clock());
        historyWriter = new HistoryWriter(store, session, others, listeners, settings.clock());
        view = new StoredHistory(store, session, historyWriter);
    }

    /** Sees to what guards that were killed have left in the store, and reads its schedules. */
    private void readWhatIsLeft() {
        try {
            if (!settings.lifecycle().keepsExecutions()) {
                others.look(session, id -> false);
            }
            kept = settings.history().restoreSchedules() ? session.schedules() : List.of();
        } catch (IOException e) {
            throw new GuardException(
                    ErrorCode.ENVIRONMENT, "history store " + store + " cannot be read: " + e.getMessage(), e);
        } catch (GuardException e) {
            throw e;
        } catch (RuntimeException | LinkageError e) {
            throw new GuardException(ErrorCode.PLUGIN, "history store " + store + " broke when it was read: " + e, e);
        }
    }

    /**
     * Opens the store, and sees to what guards that were killed have left in it.
     *
     * @param configuration the configuration of plugins
     * @param listeners where to report the state of the store
     * @param open gets what is opened
     * @throws GuardException (ENVIRONMENT) if it cannot be opened or read; (PLUGIN) if it is broken
     */
    static GuardHistory open(
            GuardSettings settings,
            PluginConfig configuration,
            HistoryStore chosen,
            OpenExecutors executors,
            TrackerSession tracker,
            EventSink listeners,
            OpenParts open) {
        String name = "history store " + chosen.name();
        HistorySession session = open.addPlugin(name, open(chosen, configuration));
        GuardHistory history = new GuardHistory(
                settings, chosen.name() + " (" + session.description() + ")", session, executors, tracker, listeners);
        // Its writer closes the session.
        open.handOverLast();
        open.addPlugin(name, history, CLOSING);
        history.readWhatIsLeft();
        return history;
    }

    private static HistorySession open(HistoryStore chosen, PluginConfig configuration) {
        try {
            return chosen.open(configuration);
        } catch (UnavailableException e) {
            throw new GuardException(
                    ErrorCode.ENVIRONMENT,
                    "history store '" + chosen.name() + "' cannot be opened: " + e.getMessage()
                            + (e.cure().isBlank() ? "" : " (" + e.cure() + ")"),
                    e);
        } catch (GuardException e) {
            throw e;
        } catch (RuntimeException | LinkageError e) {
            throw new GuardException(
                    ErrorCode.PLUGIN, "history store '" + chosen.name() + "' broke when it was opened: " + e, e);
        }
    }

    /** Returns what ensures that, of all guards with this store, exactly one acts on each fire. */
    FireClaims claims(PluginFaults faults) {
        if (!settings.history().hasStore()) {
            return FireClaims.ALONE;
        }
        StoreClaims made = new StoreClaims(
                store,
                session,
                settings.history().restoreSchedules(),
                guard,
                new StoreClaims.Care() {
                    @Override
                    public void look() throws IOException {
                        // One that goes on here must not be looked at by two threads.
                        if (!settings.lifecycle().keepsExecutions()) {
                            others.look(session, id -> false);
                        }
                    }

                    @Override
                    public void lookAtFires() throws IOException {
                        others.lookAtFires(session, successors);
                    }
                },
                faults,
                settings.clock(),
                settings.threads());
        claims = made;
        return made;
    }

    /** Takes up what the store had of schedules, if that is wanted. To be called before the scheduler starts. */
    void restore(Scheduler scheduler) {
        if (!kept.isEmpty()) {
            LOG.info("{} of {} schedules are taken up again from {}", scheduler.restore(kept), kept.size(), store);
        }
    }

    /** Begins to keep what happens. */
    void start(Executions all, SamplingLoop loop, Scheduler scheduler) {
        all.keptBy(execution -> historyWriter.begin(
                execution.id(),
                () -> new StoredExecution(execution.record(), execution.request(), guard, execution.handle())));
        recovery.goesTo(all, scheduler);
        successors = scheduler;
        historyWriter.start(() -> loop.snapshot().with(all.reported()), scheduler::stored, settings.threads());
    }

    /**
     * Takes up what dead guards have left running. To be called when nothing can fail any more by which the guard would not be made.
     * Throws nothing: what cannot be taken up now is looked at again a minute later.
     */
    void takeUp() {
        if (settings.lifecycle().keepsExecutions() || executors.haveRemote()) {
            lookAtOthers();
        }
    }

    /**
     * Waits until the store has all that is known now.
     *
     * @throws IOException if it has not within some seconds
     */
    void awaitWritten() throws IOException {
        if (!view.flush(WRITING)) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted before " + store + " had it");
            }
            throw new IOException(store + " does not take what happens, for " + WRITING);
        }
    }

    private void lookAtOthers() {
        try {
            others.look(session, id -> false);
            recovery.clearEnded(session);
        } catch (IOException | RuntimeException | Error e) {
            // Also an Error, which a plugin's store may throw: the guard is made.
            LOG.warn("what earlier guards have left in {} is looked at later, as it cannot be now", store, e);
        }
    }

    /** Takes what is to be kept. */
    EventSink events() {
        return historyWriter;
    }

    History view() {
        return view;
    }

    /** Says for a person where history is kept. */
    String description() {
        return store
                + (settings.history().restoreSchedules() ? "; schedules are taken up again" : "")
                + (settings.lifecycle().keepsExecutions() ? "; executions outlive this process" : "");
    }

    /** Writes what there is and lets go of the store, in bounded time. */
    @Override
    public void close() {
        StoreClaims claiming = claims;
        boolean interrupted = false;
        try {
            if (claiming != null) {
                claiming.close();
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        historyWriter.close();
        try {
            if (claiming != null) {
                claiming.tellLeft();
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

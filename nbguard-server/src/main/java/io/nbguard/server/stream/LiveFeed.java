package io.nbguard.server.stream;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.Registration;
import io.nbguard.api.event.EventRecord;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.core.NotebookGuard;
import io.nbguard.server.shape.EventShape;
import io.nbguard.server.shape.LiveJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes messages of what a guard does: a snapshot each second, events at once, executions when they change state, and at most
 * four times a second when only their progress changes. Does nothing while there are no readers.
 */
public final class LiveFeed implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LiveFeed.class);
    private static final long BEAT_MILLIS = 250;
    private static final int BEATS_PER_SNAPSHOT = 4;
    private static final int MOST_QUEUED_TOLD = 100;

    private final NotebookGuard guard;
    private final LiveJson liveJson;
    private final Broadcaster broadcaster;
    private final Set<ExecutionId> further = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService beat;
    private final Registration registration;
    private int beats;

    /** Starts the messages. */
    public LiveFeed(NotebookGuard guard, LiveJson liveJson, Broadcaster broadcaster) {
        this.guard = guard;
        this.liveJson = liveJson;
        this.broadcaster = broadcaster;
        beat = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "nbguard-feed");
            thread.setDaemon(true);
            return thread;
        });
        registration = guard.listen(this::hear);
        beat.scheduleAtFixedRate(this::beat, 0, BEAT_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Returns a snapshot of this moment. */
    public StreamMessage snapshot() {
        return new StreamMessage(StreamMessage.SNAPSHOT, liveJson.snapshot());
    }

    private void beat() {
        try {
            beats = (beats + 1) % BEATS_PER_SNAPSHOT;
            if (!broadcaster.hasReaders()) {
                further.clear();
                return;
            }
            for (ExecutionId id : List.copyOf(further)) {
                further.remove(id);
                guard.execution(id).ifPresent(execution -> tell(execution.record()));
            }
            if (beats == 0) {
                broadcaster.tell(snapshot());
            }
        } catch (RuntimeException e) {
            LOG.warn("a beat of the live feed failed", e);
        }
    }

    private void hear(GuardEvent event) {
        if (!broadcaster.hasReaders()) {
            return;
        }
        if (event instanceof GuardEvent.ProgressMade progress) {
            further.add(progress.id());
            return;
        }
        EventRecord record = EventRecord.of(event);
        broadcaster.tell(StreamMessage.of("event", json -> EventShape.fields(json, record)));
        if (event instanceof GuardEvent.ExecutionChanged changed) {
            tell(changed.record());
            if (changed.record().state().isEnd() && changed.record().schedule().isPresent()) {
                broadcaster.tell(new StreamMessage("schedules", liveJson.schedules()));
            }
            if (changed.previous().equals(Optional.of(ExecutionState.QUEUED))) {
                queue().forEach(this::tell);
            }
        } else if (event instanceof GuardEvent.ScheduleChanged
                || event instanceof GuardEvent.ScheduleFired
                || event instanceof GuardEvent.ScheduleSkipped) {
            broadcaster.tell(new StreamMessage("schedules", liveJson.schedules()));
        }
    }

    /** One has left the queue: the others have moved up. */
    private List<ExecutionRecord> queue() {
        List<ExecutionRecord> queue = new ArrayList<>();
        for (Execution execution : guard.executions()) {
            if (execution.state() == ExecutionState.QUEUED && queue.size() < MOST_QUEUED_TOLD) {
                queue.add(execution.record());
            }
        }
        return queue;
    }

    private void tell(ExecutionRecord record) {
        broadcaster.tell(new StreamMessage("execution", liveJson.execution(record)));
    }

    @Override
    public void close() {
        registration.close();
        beat.shutdownNow();
    }
}

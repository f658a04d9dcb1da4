package io.nbguard.core.history;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.event.EventRecord;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.history.AuditRecord;
import io.nbguard.spi.store.HistoryEntry;
import io.nbguard.spi.store.StoredExecution;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * What others hand to the history writer. They never wait, whatever the history writer is waiting for: executions are always taken, events
 * and audit entries as many as fit, the rest is counted.
 */
final class Inbox {

    private record Newcomer(ExecutionId id, Supplier<StoredExecution> standing) {}

    /**
     * The result of a look into the inbox.
     *
     * @param touched executions of which there was news
     * @param schedules whether there was news of schedules
     */
    record News(Set<ExecutionId> touched, boolean schedules) {}

    private final Queue<Newcomer> newcomers = new ConcurrentLinkedQueue<>();
    private final Queue<GuardEvent> events = new ConcurrentLinkedQueue<>();
    private final Queue<AuditRecord> audit = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong lost = new AtomicLong();

    void put(ExecutionId id, Supplier<StoredExecution> standing) {
        newcomers.add(new Newcomer(id, standing));
    }

    void put(GuardEvent event) {
        if (hasRoom()) {
            events.add(event);
        }
    }

    void put(AuditRecord entry) {
        if (hasRoom()) {
            audit.add(entry);
        }
    }

    private boolean hasRoom() {
        if (waiting.incrementAndGet() > Backlog.MOST) {
            waiting.decrementAndGet();
            lost.incrementAndGet();
            return false;
        }
        return true;
    }

    /** Returns how many events and audit entries have not been taken out. */
    int waiting() {
        return waiting.get();
    }

    /** Returns how many did not fit, since this was last called. */
    long takeLost() {
        return lost.getAndSet(0);
    }

    /** Puts everything where it belongs. The history writer's thread. */
    News empty(ExecutionChanges executions, Backlog backlog) {
        Set<ExecutionId> touched = new HashSet<>();
        boolean schedules = false;
        for (GuardEvent event = events.poll(); event != null; event = events.poll()) {
            waiting.decrementAndGet();
            backlog.event(new HistoryEntry.OfEvent(EventRecord.of(event)));
            if (event instanceof GuardEvent.ExecutionChanged changed) {
                touched.add(changed.record().id());
            }
            schedules |= event instanceof GuardEvent.ScheduleFired
                    || event instanceof GuardEvent.ScheduleSkipped
                    || event instanceof GuardEvent.ScheduleChanged;
        }
        for (AuditRecord entry = audit.poll(); entry != null; entry = audit.poll()) {
            waiting.decrementAndGet();
            backlog.event(new HistoryEntry.OfAudit(entry));
        }
        // After the events: an execution is handed in before the first event about it.
        for (Newcomer newcomer = newcomers.poll(); newcomer != null; newcomer = newcomers.poll()) {
            executions.begin(newcomer.id(), newcomer.standing());
            touched.add(newcomer.id());
        }
        return new News(touched, schedules || !touched.isEmpty());
    }
}

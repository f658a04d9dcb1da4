package io.nbguard.core.schedule;

import io.nbguard.api.schedule.ScheduleFire;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** What became of a schedule's latest fires. Bounded; skips in a row for one reason are one entry. Not thread-safe. */
final class FireHistory {

    private static final int CAPACITY = 100;

    private final Deque<ScheduleFire> oldestFirst = new ArrayDeque<>();

    void add(ScheduleFire fire) {
        ScheduleFire last = oldestFirst.peekLast();
        if (last != null && continues(last, fire)) {
            oldestFirst.removeLast();
            oldestFirst.addLast(new ScheduleFire(
                    fire.schedule(),
                    fire.outcome(),
                    last.dueAt(),
                    fire.lastDueAt(),
                    last.count() + fire.count(),
                    fire.at(),
                    Optional.empty(),
                    fire.message()));
            return;
        }
        if (oldestFirst.size() == CAPACITY) {
            oldestFirst.removeFirst();
        }
        oldestFirst.addLast(fire);
    }

    private static boolean continues(ScheduleFire last, ScheduleFire fire) {
        return last.outcome() == fire.outcome()
                && !fire.outcome().started()
                && last.message().equals(fire.message());
    }

    Optional<ScheduleFire> last() {
        return Optional.ofNullable(oldestFirst.peekLast());
    }

    List<ScheduleFire> all() {
        return List.copyOf(oldestFirst);
    }
}

package io.nbguard.core.history;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.history.HistoryPage;
import io.nbguard.api.history.HistoryQuery;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Things in the order they came, given out in pages, the latest first. A cursor is the number of the last one on a page,
 * so that what comes later moves no page. Not safe for use by many threads.
 */
final class PagedLog<T> {

    private final String mark;
    private final NavigableMap<Long, T> oldestFirst = new TreeMap<>();
    private long lastNumber;

    /**
     * Makes an empty one.
     *
     * @param mark what its cursors begin with, to distinguish them from those of other logs
     */
    PagedLog(String mark) {
        this.mark = mark;
    }

    /** Adds a thing; returns its number. */
    long add(T item) {
        lastNumber++;
        oldestFirst.put(lastNumber, item);
        return lastNumber;
    }

    void replace(long number, T item) {
        oldestFirst.put(number, item);
    }

    Optional<T> get(long number) {
        return Optional.ofNullable(oldestFirst.get(number));
    }

    int size() {
        return oldestFirst.size();
    }

    /** Returns all, the oldest first. */
    List<T> all() {
        return List.copyOf(oldestFirst.values());
    }

    /** Removes the oldest that may go, if there is one. */
    Optional<T> removeOldest(Predicate<T> mayGo) {
        Iterator<T> items = oldestFirst.values().iterator();
        while (items.hasNext()) {
            T item = items.next();
            if (mayGo.test(item)) {
                items.remove();
                return Optional.of(item);
            }
        }
        return Optional.empty();
    }

    /**
     * Returns what is wanted, the latest first.
     *
     * @throws GuardException (INVALID_REQUEST) if the query's cursor is none of this shelf's
     */
    HistoryPage<T> page(HistoryQuery query, Predicate<T> wanted) {
        long before = query.cursor().map(this::number).orElse(Long.MAX_VALUE);
        List<T> found = new ArrayList<>();
        long last = 0;
        for (Map.Entry<Long, T> entry :
                oldestFirst.headMap(before, false).descendingMap().entrySet()) {
            if (!wanted.test(entry.getValue())) {
                continue;
            }
            if (found.size() == query.limit()) {
                return new HistoryPage<>(found, Optional.of(mark + last));
            }
            found.add(entry.getValue());
            last = entry.getKey();
        }
        return new HistoryPage<>(found, Optional.empty());
    }

    private long number(String cursor) {
        try {
            if (cursor.startsWith(mark)) {
                long number = Long.parseLong(cursor.substring(mark.length()));
                if (number > 0) {
                    return number;
                }
            }
        } catch (NumberFormatException e) {
            throw foreign(cursor);
        }
        throw foreign(cursor);
    }

    private GuardException foreign(String cursor) {
        return new GuardException(
                ErrorCode.INVALID_REQUEST,
                "'" + cursor
                        + "' is no cursor of this list: expected the next of a page that it has given out, such as "
                        + mark + "42");
    }
}

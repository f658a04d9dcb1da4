package io.nbguard.server.api;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nbguard.api.history.HistoryQuery;
import io.nbguard.server.http.QueryFields;
import io.nbguard.server.json.JsonWriting;
import java.io.IOException;
import java.util.Optional;

/** What all lists of the past have in common: {@code limit}, {@code cursor}, {@code notebook}, {@code since}, {@code until}. */
final class PastQuery {

    private static final int USUAL = 50;
    private static final int MOST = 1_000;

    private PastQuery() {}

    static HistoryQuery common(QueryFields query) {
        HistoryQuery wanted = paged(query).between(query.time("since"), query.time("until"));
        Optional<String> notebook = query.text("notebook");
        return notebook.isPresent() ? wanted.of(notebook.get()) : wanted;
    }

    static HistoryQuery paged(QueryFields query) {
        HistoryQuery wanted = HistoryQuery.latest(query.number("limit", USUAL, 1, MOST));
        Optional<String> cursor = query.text("cursor");
        return cursor.isPresent() ? wanted.after(cursor.get()) : wanted;
    }

    static void next(JsonGenerator json, Optional<String> next) throws IOException {
        JsonWriting.text(json, "next", next);
    }
}

package io.nbguard.server.api;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.event.EventRecord;
import io.nbguard.api.event.EventType;
import io.nbguard.api.history.AuditRecord;
import io.nbguard.api.history.History;
import io.nbguard.api.history.HistoryHealth;
import io.nbguard.api.history.HistoryPage;
import io.nbguard.api.history.HistoryQuery;
import io.nbguard.server.http.Exchange;
import io.nbguard.server.http.QueryFields;
import io.nbguard.server.http.Refusal;
import io.nbguard.server.json.JsonWriting;
import io.nbguard.server.shape.EventShape;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What has happened, which changes were requested, and the state of the store of all that. */
public final class RecordsApi {

    private static final Duration USUAL_KILLS = Duration.ofDays(1);
    private static final int MOST_AT_ONCE = 1_000;
    private static final int MOST_PAGES = 10;

    private final History history;

    /** Makes the resource. */
    public RecordsApi(History history) {
        this.history = history;
    }

    /** Lists events. */
    public void events(Exchange exchange) {
        QueryFields query = exchange.query();
        HistoryQuery wanted = PastQuery.common(query);
        Optional<String> type = query.text("type");
        if (type.isPresent()) {
            wanted = wanted.typed(type.get());
        }
        Optional<String> execution = query.text("execution");
        if (execution.isPresent()) {
            wanted = wanted.about(new ExecutionId(execution.get()));
        }
        query.nothingElse();
        HistoryPage<EventRecord> page = history.events(wanted);
        exchange.json(200, json -> {
            json.writeArrayFieldStart("items");
            for (EventRecord event : page.items()) {
                EventShape.write(json, event);
            }
            json.writeEndArray();
            PastQuery.next(json, page.next());
        });
    }

    /** Counts the notebooks that were ended for lack of memory, over a time; the last 24 hours unless said otherwise. */
    public void kills(Exchange exchange) {
        QueryFields query = exchange.query();
        Instant until = query.time("until").orElseGet(Instant::now);
        Instant since = query.time("since").orElseGet(() -> until.minus(USUAL_KILLS));
        query.nothingElse();
        if (since.isAfter(until)) {
            throw Refusal.badRequest("'since' (" + since + ") is after 'until' (" + until + ")");
        }
        long count = 0;
        for (EventType type : EventType.values()) {
            if (type.canBeKill()) {
                HistoryQuery ofType = HistoryQuery.latest(MOST_AT_ONCE).typed(type.text());
                count += kills(ofType.between(Optional.of(since), Optional.of(until)));
            }
        }
        long kills = count;
        exchange.json(200, json -> {
            JsonWriting.time(json, "since", since);
            JsonWriting.time(json, "until", until);
            json.writeNumberField("count", kills);
        });
    }

    private long kills(HistoryQuery query) {
        long count = 0;
        Optional<HistoryQuery> wanted = Optional.of(query);
        for (int page = 0; wanted.isPresent() && page < MOST_PAGES; page++) {
            HistoryPage<EventRecord> found = history.events(wanted.get());
            count += found.items().stream().filter(EventRecord::isKill).count();
            wanted = found.next().map(query::after);
        }
        return count;
    }

    /** Lists the requested changes and their callers. */
    public void audit(Exchange exchange) {
        QueryFields query = exchange.query();
        HistoryQuery wanted = PastQuery.paged(query).between(query.time("since"), query.time("until"));
        query.nothingElse();
        HistoryPage<AuditRecord> page = history.audit(wanted);
        exchange.json(200, json -> {
            json.writeArrayFieldStart("items");
            for (AuditRecord entry : page.items()) {
                json.writeStartObject();
                JsonWriting.time(json, "at", entry.at());
                json.writeStringField("actor", entry.actor());
                json.writeStringField("origin", entry.origin());
                json.writeStringField("action", entry.action());
                json.writeStringField("target", entry.target());
                json.writeStringField("outcome", entry.outcome());
                json.writeEndObject();
            }
            json.writeEndArray();
            PastQuery.next(json, page.next());
        });
    }

    /** Shows how the store does. */
    public void health(Exchange exchange) {
        exchange.query().nothingElse();
        HistoryHealth health = history.health();
        exchange.json(200, json -> {
            json.writeStringField("store", health.store());
            JsonWriting.text(json, "trouble", health.trouble());
            json.writeNumberField("waiting", health.waiting());
            json.writeNumberField("lost", health.lost());
        });
    }
}

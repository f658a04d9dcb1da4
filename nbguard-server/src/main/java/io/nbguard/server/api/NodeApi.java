package io.nbguard.server.api;

import io.nbguard.api.history.History;
import io.nbguard.server.http.Exchange;
import io.nbguard.server.http.QueryFields;
import io.nbguard.server.http.Refusal;
import io.nbguard.server.shape.LiveJson;
import io.nbguard.server.shape.UsageShape;
import java.time.Duration;
import java.time.Instant;

/** The node that all notebooks share. */
public final class NodeApi {

    private static final Duration USUAL = Duration.ofHours(1);
    private static final int MOST_POINTS = 10_000;

    private final History history;
    private final LiveJson liveJson;

    /** Makes the resource. */
    public NodeApi(History history, LiveJson liveJson) {
        this.history = history;
        this.liveJson = liveJson;
    }

    /** Shows the readings of the latest tick. */
    public void show(Exchange exchange) {
        exchange.query().nothingElse();
        exchange.json(200, liveJson.snapshot());
    }

    /** Shows the same with the node under its former name, for scripts that go by it. */
    public void former(Exchange exchange) {
        exchange.query().nothingElse();
        exchange.json(200, liveJson.formerSnapshot());
    }

    /** Shows what was used, over time; the last hour unless said otherwise. */
    public void usage(Exchange exchange) {
        QueryFields query = exchange.query();
        Instant until = query.time("until").orElseGet(Instant::now);
        Instant since = query.time("since").orElseGet(() -> until.minus(USUAL));
        int points = query.number("points", 500, 2, MOST_POINTS);
        query.nothingElse();
        if (since.isAfter(until)) {
            throw Refusal.badRequest("'since' (" + since + ") is after 'until' (" + until + ")");
        }
        exchange.json(200, json -> UsageShape.write(json, history.nodeUsage(since, until, points)));
    }
}

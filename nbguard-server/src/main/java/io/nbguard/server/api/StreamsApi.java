package io.nbguard.server.api;

import io.nbguard.server.http.Exchange;
import io.nbguard.server.stream.Broadcaster;
import io.nbguard.server.stream.EventStream;
import io.nbguard.server.stream.LiveFeed;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The stream of server-sent events. */
public final class StreamsApi {

    private static final Logger LOG = LoggerFactory.getLogger(StreamsApi.class);

    private final Broadcaster broadcaster;
    private final LiveFeed feed;

    /** Makes the resource. */
    public StreamsApi(Broadcaster broadcaster, LiveFeed feed) {
        this.broadcaster = broadcaster;
        this.feed = feed;
    }

    /** Streams until the reader or the host goes; holds the request's thread, which is why there is a limit of streams. */
    public void stream(Exchange exchange) throws InterruptedException {
        exchange.query().nothingElse();
        try (Broadcaster.Membership membership = broadcaster.join()) {
            membership.welcome(feed.snapshot());
            exchange.header("Cache-Control", "no-store");
            exchange.header("X-Accel-Buffering", "no");
            EventStream.run(membership.mailbox(), exchange.unbuffered("text/event-stream; charset=utf-8"));
        } catch (IOException e) {
            LOG.debug("the reader of a stream has gone, or does not read", e);
        }
    }
}

package io.nbguard.server.stream;

import io.javalin.config.RoutesConfig;
import io.nbguard.server.http.Access;
import io.nbguard.server.http.Gate;
import io.nbguard.server.http.Refusal;
import io.nbguard.server.http.RequestHead;
import java.time.Duration;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/** The WebSocket: the same messages as the stream of server-sent events. What a client sends is not listened to. */
public final class SocketRoute {

    private static final int TRY_AGAIN_LATER = 1013;

    private final Gate gate;
    private final Broadcaster broadcaster;
    private final LiveFeed feed;
    private final int most;

    /**
     * Makes it.
     *
     * @param most how many streams there may be
     */
    public SocketRoute(Gate gate, Broadcaster broadcaster, LiveFeed feed, int most) {
        this.gate = gate;
        this.broadcaster = broadcaster;
        this.feed = feed;
        this.most = most;
    }

    /** Registers it. */
    public void register(RoutesConfig config, String path) {
        config.wsBeforeUpgrade(path, context -> {
            RequestHead head = RequestHead.of(context.req());
            gate.admit(head, Access.VIEWER);
            gate.mustBeOurOrigin(head);
            if (broadcaster.readers() >= most) {
                throw Refusal.later(
                        503, "TOO_MANY_STREAMS", most + " streams are open: close one", Duration.ofSeconds(10));
            }
        });
        config.ws(path, socket -> socket.onConnect(context -> connected(context.session)));
    }

    private void connected(Session session) {
        try {
            Broadcaster.Membership membership = broadcaster.join();
            membership.welcome(feed.snapshot());
            new SocketStream(session, membership).start();
        } catch (Refusal refusal) {
            session.close(TRY_AGAIN_LATER, refusal.code(), Callback.NOOP);
        }
    }
}

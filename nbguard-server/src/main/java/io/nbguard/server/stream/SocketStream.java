package io.nbguard.server.stream;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a reader's mailbox to its WebSocket, on a thread of its own, until one of both has gone. */
public final class SocketStream implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(SocketStream.class);
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final Duration LONGEST_WRITE = Duration.ofSeconds(30);
    private static final int GOING_AWAY = 1001;

    private final Session session;
    private final Broadcaster.Membership membership;

    /** Makes it; {@link #run} writes, and ends the membership. */
    public SocketStream(Session session, Broadcaster.Membership membership) {
        this.session = session;
        this.membership = membership;
    }

    /** Begins to write, on a new daemon thread. */
    public void start() {
        Thread thread = new Thread(this, "nbguard-socket");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void run() {
        Mailbox mailbox = membership.mailbox();
        try (membership) {
            while (!mailbox.isClosed() && session.isOpen()) {
                Optional<StreamMessage> message = mailbox.take(HEARTBEAT);
                Callback.Completable written = new Callback.Completable();
                if (message.isPresent()) {
                    session.sendText(message.get().asJson(), written);
                } else if (!mailbox.isClosed()) {
                    session.sendPing(ByteBuffer.allocate(0), written);
                } else {
                    break;
                }
                written.get(LONGEST_WRITE.toMillis(), TimeUnit.MILLISECONDS);
            }
            session.close(GOING_AWAY, "the host is being closed", Callback.NOOP);
        } catch (TimeoutException | ExecutionException e) {
            LOG.debug("the reader of a WebSocket has gone, or does not read", e);
            session.disconnect();
        } catch (InterruptedException e) {
            session.disconnect();
        }
    }
}

package io.nbguard.examples.serve.http;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Request;

/**
 * The open connections, of which those of strangers are bounded: one more than that closes the oldest on which nobody has
 * shown a valid token. So no number of connections that send nothing, or little, shuts anybody else out. For any thread.
 */
final class Connections implements Connection.Listener {

    private final int mostStrangers;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Connection> strangers = new LinkedHashSet<>();

    Connections(int mostStrangers) {
        this.mostStrangers = mostStrangers;
    }

    @Override
    public void onOpened(Connection connection) {
        Connection oldest = null;
        lock.lock();
        try {
            strangers.add(connection);
            if (strangers.size() > mostStrangers) {
                oldest = strangers.iterator().next();
                strangers.remove(oldest);
            }
        } finally {
            lock.unlock();
        }
        if (oldest != null) {
            oldest.getEndPoint().close();
        }
    }

    @Override
    public void onClosed(Connection connection) {
        forget(connection);
    }

    /** Notes that a valid token has come on a request's connection. */
    void known(Request request) {
        forget(request.getConnectionMetaData().getConnection());
    }

    private void forget(Connection connection) {
        lock.lock();
        try {
            strangers.remove(connection);
        } finally {
            lock.unlock();
        }
    }
}

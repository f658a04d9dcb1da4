package io.nbguard.server.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;

/**
 * The open connections. Those without a valid token so far are bounded: one more than that closes the oldest of them. So no
 * number of connections that send nothing, or little, keeps other callers out. For any thread.
 */
final class Connections implements Connection.Listener {

    private static final int MOST = 4_096;
    private static final String OPEN_FILES = "Max open files";

    private final int mostUnauthenticated;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Connection> unauthenticated = new LinkedHashSet<>();
    private final Set<EndPoint> known = Collections.newSetFromMap(new WeakHashMap<>());

    Connections(int mostUnauthenticated) {
        this.mostUnauthenticated = mostUnauthenticated;
    }

    /** Returns one that leaves this process half of its file descriptors. */
    static Connections usual() {
        return new Connections((int) Math.min(MOST, openFiles() / 2));
    }

    private static long openFiles() {
        try (Stream<String> limits = Files.lines(Path.of("/proc/self/limits"))) {
            return limits.filter(line -> line.startsWith(OPEN_FILES))
                    .mapToLong(line -> Long.parseLong(
                            line.substring(OPEN_FILES.length()).strip().split(" +")[0]))
                    .findFirst()
                    .orElse(MOST);
        } catch (IOException | UncheckedIOException | NumberFormatException e) {
            // No such file, or "unlimited".
            return MOST;
        }
    }

    @Override
    public void onOpened(Connection connection) {
        Connection oldest = null;
        lock.lock();
        try {
            // A WebSocket is a new connection over the one on which its token came.
            if (known.contains(connection.getEndPoint())) {
                return;
            }
            unauthenticated.add(connection);
            if (unauthenticated.size() > mostUnauthenticated) {
                oldest = unauthenticated.iterator().next();
                unauthenticated.remove(oldest);
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
        lock.lock();
        try {
            unauthenticated.remove(connection);
        } finally {
            lock.unlock();
        }
    }

    /** Notes that a valid token has come on a request's connection. */
    void known(Request request) {
        Connection connection = request.getConnectionMetaData().getConnection();
        lock.lock();
        try {
            known.add(connection.getEndPoint());
            unauthenticated.remove(connection);
        } finally {
            lock.unlock();
        }
    }
}

package io.nbguard.core.sidecar;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** One sidecar process, from its start to its end: what is sent to it, what it says, what it prints. */
final class Connection {

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final Pattern LOGGED = Pattern.compile("(ERROR|WARN|INFO) (\\S+) - (.*)");
    private static final int LINES_KEPT = 20;

    /** Takes what comes over a connection, on its thread for reading. */
    interface Listener {

        /** Takes a message. */
        void received(Connection from, Message message);

        /** The connection has ended; the last call. */
        void ended(Connection from, String why);
    }

    private final Process process;
    private final Listener listener;
    private final Outbox outbox;
    private final Deque<String> printed = new ArrayDeque<>();
    private final List<Thread> all;

    private Connection(Process process, Listener listener, ThreadFactory threads) {
        this.process = process;
        this.listener = listener;
        outbox = new Outbox(process.getOutputStream());
        all = List.of(
                named(threads.newThread(outbox), "out"),
                named(threads.newThread(this::read), "in"),
                named(threads.newThread(this::log), "log"));
    }

    private static Thread named(Thread thread, String part) {
        thread.setName("nbguard-sidecar-" + part);
        return thread;
    }

    /**
     * Starts a sidecar.
     *
     * @throws IOException if there is no such program, or no more processes may be started
     */
    static Connection open(ProcessBuilder command, Listener listener, ThreadFactory threads) throws IOException {
        Connection connection = new Connection(command.start(), listener, threads);
        connection.all.forEach(Thread::start);
        return connection;
    }

    long pid() {
        return process.pid();
    }

    Outbox outbox() {
        return outbox;
    }

    /** Returns the last lines that it printed. */
    String printed() {
        synchronized (printed) {
            return String.join("\n", printed);
        }
    }

    private void read() {
        String why;
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(process.getInputStream()))) {
            MessageWire.readGreeting(in);
            for (Message message = MessageWire.read(in); message != null; message = MessageWire.read(in)) {
                listener.received(this, message);
            }
            why = "it ended";
        } catch (IOException e) {
            why = "it broke off (" + e.getMessage() + ")";
        } catch (RuntimeException | Error e) {
            LOG.error("what the sidecar says cannot be dealt with", e);
            why = "what it says cannot be dealt with (" + e + ")";
        }
        listener.ended(this, why);
    }

    private void log() {
        try (BufferedReader lines = process.errorReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                keep(line);
                relay(line);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.debug("the sidecar's log broke off", e);
        }
    }

    /** Logs a line as the host would have it logged, had its own watchdog said it. */
    private void relay(String line) {
        Matcher logged = LOGGED.matcher(line);
        if (logged.matches()) {
            LoggerFactory.getLogger(logged.group(2))
                    .atLevel(Level.valueOf(logged.group(1)))
                    .log("[sidecar {}] {}", process.pid(), logged.group(3));
        } else {
            LOG.warn("[sidecar {}] {}", process.pid(), line);
        }
    }

    private void keep(String line) {
        synchronized (printed) {
            printed.addLast(line);
            if (printed.size() > LINES_KEPT) {
                printed.removeFirst();
            }
        }
    }

    /** Ends the process by force; harmless if it has ended. */
    void kill() {
        // The signal is sent before the pipes are closed: it never takes their end for the host's death.
        process.destroyForcibly();
        outbox.close();
    }

    /**
     * Waits for the process and this connection's threads to end.
     *
     * @return whether the process has
     */
    boolean awaitEnd(Duration longest) throws InterruptedException {
        long deadline = System.nanoTime() + longest.toNanos();
        boolean ended = process.waitFor(longest.toNanos(), TimeUnit.NANOSECONDS);
        for (Thread thread : all) {
            if (ended && thread != Thread.currentThread()) {
                thread.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
            }
        }
        return ended;
    }
}

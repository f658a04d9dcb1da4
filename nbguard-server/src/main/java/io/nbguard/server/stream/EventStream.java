package io.nbguard.server.stream;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** Writes a reader's mailbox to it as server-sent events, on the thread that calls, until one of both has gone. */
public final class EventStream {

    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    private EventStream() {}

    /**
     * Writes until the host closes the mailbox.
     *
     * @throws IOException if the reader has gone, or does not read: a write that waits too long is ended by the server
     */
    public static void run(Mailbox mailbox, OutputStream to) throws IOException, InterruptedException {
        write(to, "retry: 2000\n\n");
        while (!mailbox.isClosed()) {
            Optional<StreamMessage> message = mailbox.take(HEARTBEAT);
            if (message.isPresent()) {
                write(to, message.get().asServerSentEvent());
            } else if (!mailbox.isClosed()) {
                write(to, ": still here\n\n");
            }
        }
    }

    private static void write(OutputStream to, String text) throws IOException {
        to.write(text.getBytes(StandardCharsets.UTF_8));
        to.flush();
    }
}

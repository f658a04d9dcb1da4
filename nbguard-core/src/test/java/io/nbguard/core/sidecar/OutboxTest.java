package io.nbguard.core.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.core.fixture.Eventually;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of messages while the other side reads late, or not at all. */
@Timeout(60)
class OutboxTest {

    private static final int MANY = 10_000;

    private final PipedInputStream reading = new PipedInputStream(1_024);
    private final Outbox outbox;
    private final Thread writing;

    OutboxTest() throws IOException {
        outbox = new Outbox(new PipedOutputStream(reading));
        writing = new Thread(outbox, "outbox-under-test");
        writing.start();
    }

    @AfterEach
    void end() throws Exception {
        outbox.close();
        reading.close();
        writing.join(20_000);
        assertThat(writing.isAlive()).isFalse();
    }

    private List<Message> readAll() throws IOException {
        List<Message> messages = new ArrayList<>();
        DataInputStream in = new DataInputStream(reading);
        MessageWire.readGreeting(in);
        for (Message message = MessageWire.read(in); message != null; message = MessageWire.read(in)) {
            messages.add(message);
        }
        return messages;
    }

    @Test
    void aSenderNeverWaitsAndMessagesThatMustNotBeLostArriveInOrder() throws Exception {
        for (long i = 0; i < MANY; i++) {
            outbox.send(new Message.Sync(i));
        }
        outbox.close();

        List<Message> read = readAll();

        assertThat(read).hasSize(MANY);
        assertThat(read).element(MANY - 1).isEqualTo(new Message.Sync(MANY - 1));
    }

    @Test
    void whatMayBeLostIsCountedWhenTheOtherSideDoesNotRead() throws Exception {
        for (long i = 0; i < MANY; i++) {
            outbox.offer(new Message.Heartbeat(i));
        }
        assertThat(outbox.isIdle()).isFalse();
        outbox.send(new Message.Bye());
        outbox.close();

        List<Message> read = readAll();

        long told = read.stream().filter(Message.Heartbeat.class::isInstance).count();
        long lost = read.stream()
                .filter(Message.Lost.class::isInstance)
                .mapToLong(message -> ((Message.Lost) message).count())
                .sum();
        assertThat(lost).isPositive();
        assertThat(told + lost).isEqualTo(MANY);
        assertThat(read).contains(new Message.Bye());
    }

    @Test
    void whatWasPutGoesBeforeWhatIsSentLater() throws Exception {
        outbox.put(new Message.Sync(1));
        outbox.send(new Message.Sync(2));
        outbox.close();

        assertThat(readAll()).containsExactly(new Message.Sync(1), new Message.Sync(2));
    }

    @Test
    void itEndsWhenTheOtherSideHasGone() throws Exception {
        reading.close();
        outbox.send(new Message.Bye());

        Eventually.until("its thread has ended", () -> !writing.isAlive());
    }
}

package io.nbguard.server.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a reader who is slow gets, and what he costs. */
class MailboxTest {

    private final Mailbox mailbox = new Mailbox();

    private String next() throws InterruptedException {
        return mailbox.take(Duration.ZERO).map(StreamMessage::asJson).orElse("nothing");
    }

    @Test
    void ofSnapshotsOnlyTheNewestIsKept() throws Exception {
        for (int i = 1; i <= 1_000; i++) {
            mailbox.put(new StreamMessage("snapshot", "{\"n\":" + i + "}"));
        }

        assertThat(next()).isEqualTo("{\"type\":\"snapshot\",\"data\":{\"n\":1000}}");
        assertThat(next()).isEqualTo("nothing");
    }

    @Test
    void ofOtherMessagesTheNewestAreKeptInTheirOrderAndTheRestIsCounted() throws Exception {
        for (int i = 1; i <= 1_000; i++) {
            mailbox.put(new StreamMessage("event", "{\"n\":" + i + "}"));
        }

        assertThat(next()).isEqualTo("{\"type\":\"missed\",\"data\":{\"count\":744}}");
        for (int i = 745; i <= 1_000; i++) {
            assertThat(next()).isEqualTo("{\"type\":\"event\",\"data\":{\"n\":" + i + "}}");
        }
        assertThat(next()).isEqualTo("nothing");
    }

    @Test
    void whatItHoldsIsBoundedHoweverLargeTheMessages() {
        String large = "{\"text\":\"" + "x".repeat(100_000) + "\"}";
        for (int i = 0; i < 1_000; i++) {
            mailbox.put(new StreamMessage("event", large));
        }

        assertThat(mailbox.held()).isLessThanOrEqualTo(Mailbox.MOST_CHARACTERS);
    }

    @Test
    void onceClosedItHoldsNothingAndNoReaderWaits() throws Exception {
        mailbox.put(new StreamMessage("event", "{}"));
        mailbox.close();
        mailbox.put(new StreamMessage("event", "{}"));

        assertThat(mailbox.take(Duration.ofMinutes(5))).isEmpty();
        assertThat(mailbox.held()).isZero();
        assertThat(mailbox.isClosed()).isTrue();
    }
}

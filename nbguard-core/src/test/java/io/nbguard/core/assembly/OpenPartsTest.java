package io.nbguard.core.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OpenPartsTest {

    private final List<String> closed = new CopyOnWriteArrayList<>();
    private final List<Thread> made = new CopyOnWriteArrayList<>();
    private final OpenParts open = new OpenParts(work -> {
        Thread thread = new Thread(work);
        made.add(thread);
        return thread;
    });

    @Test
    void partsAreClosedOnceInTheReverseOrder() {
        open.add("first", () -> closed.add("first"));
        open.addPlugin("second", () -> closed.add("second"));
        open.add("third", () -> closed.add("third"));

        open.close();
        open.close();

        assertThat(closed).containsExactly("third", "second", "first");
        assertThat(made).singleElement().satisfies(thread -> assertThat(thread.isAlive())
                .isFalse());
    }

    @Test
    void aPartThatThrowsKeepsNoOtherOpen() {
        open.add("first", () -> closed.add("first"));
        open.add("second", () -> {
            throw new AssertionError("on purpose");
        });
        open.addPlugin("third", () -> {
            throw new LinkageError("on purpose");
        });

        open.close();

        assertThat(closed).containsExactly("first");
    }

    @Test
    void aPluginThatDoesNotReturnKeepsNoOtherOpen() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        open.add("first", () -> closed.add("first"));
        open.addPlugin(
                "second",
                () -> {
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                    }
                },
                Duration.ofMillis(20));

        open.close();

        assertThat(closed).containsExactly("first");
        interrupted.await();
    }

    @Test
    void aPluginThatWaitsForALockOfTheClosingHostIsNamedAndClosedAround() throws Exception {
        ReentrantLock ofTheHost = new ReentrantLock();
        CountDownLatch returned = new CountDownLatch(1);
        open.add("first", () -> closed.add("first"));
        open.addPlugin(
                "executor mine",
                () -> {
                    ofTheHost.lock();
                    closed.add("executor mine");
                    returned.countDown();
                },
                Duration.ofSeconds(1));
        PrintStream usual = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        ofTheHost.lock();
        try {
            System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
            open.close();
            assertThat(closed).containsExactly("first");
        } finally {
            System.setErr(usual);
            ofTheHost.unlock();
        }

        assertThat(log.toString(StandardCharsets.UTF_8))
                .contains("executor mine is not closed", "'nbguard-close'", "stay open until it returns")
                .contains("'" + Thread.currentThread().getName() + "'")
                .contains("OpenPartsTest");
        returned.await();
        assertThat(closed).containsExactly("first", "executor mine");
    }

    @Test
    void whereThereIsNoThreadAPluginIsClosedAllTheSame() {
        ThreadFactory none = work -> {
            throw new OutOfMemoryError("unable to create native thread");
        };
        OpenParts parts = new OpenParts(none);
        parts.addPlugin("first", () -> closed.add("first"));

        parts.close();

        assertThat(closed).containsExactly("first");
    }

    @Test
    void anInterruptedThreadClosesAllAndStaysInterrupted() {
        open.add("first", () -> closed.add("first " + Thread.currentThread().isInterrupted()));
        open.add("second", () -> {
            closed.add("second " + Thread.currentThread().isInterrupted());
            throw new InterruptedException("on purpose");
        });
        Thread.currentThread().interrupt();

        open.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(closed).containsExactly("second false", "first false");
    }

    @Test
    void whileOneThreadClosesAnotherClosesNothingBelow() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        open.add("first", () -> closed.add("first"));
        open.add("second", () -> {
            entered.countDown();
            goOn.await();
            closed.add("second");
        });
        Thread closer = new Thread(open::close);
        closer.start();
        entered.await();

        open.close();
        assertThat(closed).isEmpty();
        goOn.countDown();
        closer.join();

        assertThat(closed).containsExactly("second", "first");
    }

    @Test
    void aPartThatIsHandedOverIsClosedByItsOwner() {
        open.addPlugin("session", () -> closed.add("session"));
        open.handOverLast();
        open.add("owner", () -> closed.add("owner"));

        open.close();

        assertThat(closed).containsExactly("owner");
    }

    @Test
    void aSessionThatIsNullIsRefusedWhenItIsAdded() {
        assertThatThrownBy(() -> open.addPlugin("executor mine", null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("executor mine");
        open.close();
        assertThat(made).isEmpty();
    }
}

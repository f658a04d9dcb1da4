package io.nbguard.core.sidecar;

import io.nbguard.spi.UnavailableException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sidecar. Reads its host's messages on standard input, answers on standard output, logs on standard error, and ends with
 * its host, however that ends.
 */
public final class SidecarMain {

    private static final Logger LOG = LoggerFactory.getLogger(SidecarMain.class);
    private static final Duration BEAT = Duration.ofMillis(200);
    private static final Duration DYING_HOST = Duration.ofSeconds(2);
    private static final Duration AFTERMATH = Duration.ofSeconds(60);

    private final Parent host = Parent.current();
    private final Outbox outbox;
    private final AtomicBoolean ending = new AtomicBoolean();
    private volatile @Nullable SidecarWatchdog sidecarWatchdog;

    private SidecarMain(OutputStream toHost) {
        outbox = new Outbox(toHost);
    }

    /** Started by {@link Sidecar}, never by a person. */
    public static void main(String[] arguments) throws InterruptedException {
        OutputStream toHost = new FileOutputStream(FileDescriptor.out);
        // Whatever a plugin prints must not be taken for a message.
        System.setOut(System.err);
        SidecarMain sidecar = new SidecarMain(toHost);
        Thread speaking = daemon(sidecar.outbox, "nbguard-sidecar-out");
        boolean orderly = sidecar.serve();
        sidecar.outbox.close();
        speaking.join(1_000);
        Runtime.getRuntime().halt(orderly ? 0 : 1);
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Serves until the host has said farewell, or has died and what it left is cleared. */
    private boolean serve() throws InterruptedException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(System.in))) {
            MessageWire.readGreeting(in);
            if (MessageWire.read(in) instanceof Message.Settings settings && begin(settings)) {
                return follow(in);
            }
            return false;
        } catch (IOException e) {
            LOG.debug("the host broke off", e);
            afterTheHost();
            return false;
        }
    }

    private boolean begin(Message.Settings settings) {
        try {
            sidecarWatchdog = SidecarWatchdog.open(settings, outbox);
        } catch (UnavailableException e) {
            outbox.send(new Message.Refused(String.valueOf(e.getMessage())));
            return false;
        }
        daemon(this::beat, "nbguard-sidecar-beat");
        return true;
    }

    private boolean follow(DataInputStream in) throws IOException, InterruptedException {
        SidecarWatchdog present = java.util.Objects.requireNonNull(sidecarWatchdog);
        for (Message message = MessageWire.read(in); message != null; message = MessageWire.read(in)) {
            if (message instanceof Message.Bye) {
                if (ending.compareAndSet(false, true)) {
                    present.close();
                }
                return true;
            }
            present.take(message);
        }
        afterTheHost();
        return false;
    }

    /** Sends the host heartbeats, and checks that the host lives: its end may not show at a pipe that others hold open. */
    private void beat() {
        while (!ending.get()) {
            SidecarWatchdog present = sidecarWatchdog;
            if (present != null) {
                present.beat();
            }
            if (!host.isAlive()) {
                clearUp();
                Runtime.getRuntime().halt(1);
            }
            pause(BEAT);
        }
    }

    /** No message comes from the host any more. If it lives all the same, it watches by itself: nothing is touched. */
    private void afterTheHost() throws InterruptedException {
        long deadline = System.nanoTime() + DYING_HOST.toNanos();
        while (host.isAlive() && System.nanoTime() < deadline) {
            pause(Duration.ofMillis(5));
        }
        if (!host.isAlive()) {
            clearUp();
        }
    }

    private void clearUp() {
        SidecarWatchdog present = sidecarWatchdog;
        if (present == null) {
            return;
        }
        if (!ending.compareAndSet(false, true)) {
            // The other thread is at it, and ends this process.
            pause(AFTERMATH);
            return;
        }
        CountDownLatch done = new CountDownLatch(1);
        daemon(
                () -> {
                    present.orphaned();
                    done.countDown();
                },
                "nbguard-aftermath");
        try {
            if (!done.await(AFTERMATH.toSeconds(), TimeUnit.SECONDS)) {
                LOG.error("what the host left could not be cleared within {} s", AFTERMATH.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

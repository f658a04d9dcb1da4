package io.nbguard.cli.terminal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalInt;

/**
 * What happens on Ctrl-C, on {@code kill} and when the terminal goes away: the first time the work at hand is asked to
 * stop, the second time it is made to. The process ends once the work has. Safe for use by many threads.
 */
public final class Interruption {

    /** Exit code of a process that was interrupted: 128 + SIGINT, as shells count. */
    public static final int EXIT_CODE = 130;

    /** Work that can be stopped. */
    public interface Stoppable {

        /** Asks for the end; called once. */
        void stop();

        /** Called on each further signal. */
        void hasten();

        /**
         * Returns whether the process may end without waiting for the work: nothing is lost with it. Then it ends a second
         * after the first signal, and at once with the next, whatever the work is waiting for.
         */
        default boolean mayBeLeft() {
            return false;
        }

        /** Returns work that may be left where it stands. */
        static Stoppable leavable(Runnable stop) {
            return new Stoppable() {
                @Override
                public void stop() {
                    stop.run();
                }

                @Override
                public void hasten() {
                    // The process ends now.
                }

                @Override
                public boolean mayBeLeft() {
                    return true;
                }
            };
        }

        /** Returns work that ends as fast as it can the first time it is asked. */
        static Stoppable once(Runnable stop) {
            return new Stoppable() {
                @Override
                public void stop() {
                    stop.run();
                }

                @Override
                public void hasten() {
                    // It is on its way already.
                }
            };
        }
    }

    /** Work that can be stopped, and comes to a result all the same. */
    @FunctionalInterface
    public interface Work<T> {

        /** Does the work. */
        T call() throws InterruptedException;
    }

    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final Deque<Stoppable> stack = new ArrayDeque<>();
    private int exitCode;

    /** Makes one that handles no signal yet. */
    public Interruption() {}

    /** Listens to SIGINT, SIGTERM and SIGHUP from now on. */
    public Interruption listen() {
        Signals.listen("INT", () -> signalled(EXIT_CODE));
        Signals.listen("TERM", () -> signalled(143));
        Signals.listen("HUP", () -> signalled(129));
        return this;
    }

    /** Does {@code work}, which signals stop through {@code stoppable}. If one came before, it is stopped at once. */
    public <T> T during(Stoppable stoppable, Work<T> work) throws InterruptedException {
        boolean late;
        synchronized (this) {
            stack.push(stoppable);
            late = exitCode != 0;
        }
        try {
            if (late) {
                stoppable.stop();
            }
            return work.call();
        } finally {
            synchronized (this) {
                stack.remove(stoppable);
            }
        }
    }

    /** Returns the exit code of the first signal, if there was one. */
    public synchronized OptionalInt exitCode() {
        return exitCode == 0 ? OptionalInt.empty() : OptionalInt.of(exitCode);
    }

    /** Acts as if a signal came. */
    public void signalled(int code) {
        Stoppable current;
        boolean first;
        synchronized (this) {
            first = exitCode == 0;
            if (first) {
                exitCode = code;
            }
            current = stack.peek();
        }
        if (current == null) {
            // Nothing is under way that could be left behind.
            Runtime.getRuntime().exit(code);
        } else if (first) {
            current.stop();
            if (current.mayBeLeft()) {
                daemon(() -> end(code, TIMEOUT));
            }
        } else {
            current.hasten();
            if (current.mayBeLeft()) {
                end(code, Duration.ZERO);
            }
        }
    }

    /** Ends the process after a while; shutdown hooks get as long as {@link #TIMEOUT}, for one may wait as the work does. */
    private static void end(int code, Duration after) {
        pause(after);
        daemon(() -> {
            pause(TIMEOUT);
            Runtime.getRuntime().halt(code);
        });
        Runtime.getRuntime().exit(code);
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "nbguard-end");
        thread.setDaemon(true);
        thread.start();
    }

    private static void pause(Duration length) {
        try {
            Thread.sleep(length.toMillis());
        } catch (InterruptedException e) {
            // Ended the sooner.
            Thread.currentThread().interrupt();
        }
    }
}

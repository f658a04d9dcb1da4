package io.nbguard.core.thread;

import org.slf4j.Logger;

/**
 * The log of failures that must not end the thread that they occur on, also where there is no heap for a line of the log. Made
 * before there are failures, in a static field: without heap this class could not even be loaded.
 */
public final class FailureLog {

    private final Logger log;

    /** Makes the one of a class that logs to {@code log}. */
    public FailureLog(Logger log) {
        this.log = log;
        catchOnce();
    }

    /**
     * Runs one catch block early. The JVM resolves the exception type of a catch block when the block is first needed, and that
     * allocates: on a full heap it fails, and the block does not run.
     */
    private static void catchOnce() {
        try {
            throw new IllegalStateException("caught once, early");
        } catch (Throwable e) {
            return;
        }
    }

    /**
     * Runs a step of a thread that must go on; what it throws is logged and goes no further.
     *
     * @param subject what the place in {@code message} stands for
     * @return whether it threw nothing
     */
    public boolean survives(Runnable step, String message, Object subject) {
        try {
            step.run();
            return true;
        } catch (Throwable e) {
            error(message, subject, e);
            return false;
        }
    }

    /**
     * Logs a failure; never fails itself.
     *
     * @param subject what the place in {@code message} stands for
     */
    public void error(String message, Object subject, Throwable failure) {
        try {
            log.error(message, subject, failure);
        } catch (Throwable e) {
            // A line of the log is not worth the thread.
            return;
        }
    }
}

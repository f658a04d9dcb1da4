package io.nbguard.core;

import java.util.concurrent.ThreadFactory;

/**
 * Makes the guard's threads by the host's factory: daemons all, so that a forgotten guard keeps no JVM alive.
 *
 * @param factory the host's
 */
record GuardThreads(ThreadFactory factory) implements ThreadFactory {

    @Override
    public Thread newThread(Runnable work) {
        Thread thread = factory.newThread(work);
        if (thread == null) {
            throw new IllegalStateException("the thread factory " + factory + " returned no thread");
        }
        thread.setDaemon(true);
        thread.setName("nbguard");
        return thread;
    }
}

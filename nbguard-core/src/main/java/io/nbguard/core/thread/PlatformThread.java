package io.nbguard.core.thread;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes threads that are platform threads, whatever the host's factory makes. */
public final class PlatformThread {

    private static final Logger LOG = LoggerFactory.getLogger(PlatformThread.class);

    private PlatformThread() {}

    /**
     * Makes a thread by {@code factory}, or by ourselves if the factory's threads are virtual.
     *
     * @param whose whose thread it is, for the log, such as {@code the sampling loop}
     */
    public static Thread of(ThreadFactory factory, Runnable task, String whose) {
        Thread made = factory.newThread(task);
        if (!isVirtual(made)) {
            return made;
        }
        LOG.info("the thread factory makes virtual threads; {} runs on a platform thread all the same", whose);
        Thread own = new Thread(task, "nbguard");
        own.setDaemon(true);
        return own;
    }

    /** Waits for a thread that is about to end, for a second at most. */
    public static void join(Thread thread) {
        try {
            thread.join(1_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Asks by reflection, because Java 17 has no virtual threads to ask for. */
    private static boolean isVirtual(Thread thread) {
        try {
            return (boolean) Thread.class.getMethod("isVirtual").invoke(thread);
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
            return false;
        }
    }
}

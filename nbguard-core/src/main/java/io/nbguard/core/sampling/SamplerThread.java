package io.nbguard.core.sampling;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that samples: a platform thread, whatever the host's factory makes. A virtual one shares its carriers with
 * the host's work, has no priority of its own, and wakes when a carrier happens to be free.
 */
final class SamplerThread {

    private static final Logger log = LoggerFactory.getLogger(SamplerThread.class);

    private SamplerThread() {}

    /** Makes it by {@code factory}, or by ourselves if the factory's threads are virtual. */
    static Thread of(ThreadFactory factory, Runnable work) {
        Thread made = factory.newThread(work);
        if (!isVirtual(made)) {
            return made;
        }
        log.info("the thread factory makes virtual threads; the sampling loop runs on a platform thread all the same");
        Thread own = new Thread(work, "nbguard");
        own.setDaemon(true);
        return own;
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

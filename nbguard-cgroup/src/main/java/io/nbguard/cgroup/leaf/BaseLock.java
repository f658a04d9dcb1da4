package io.nbguard.cgroup.leaf;

import io.nbguard.cgroup.libc.Descriptors;
import io.nbguard.cgroup.libc.LinuxCalls;
import io.nbguard.spi.UnavailableException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Held while cgroups are made or removed at the base: guards of one JVM, of others and of other PID namespaces exclude each
 * other by an advisory lock on the base's directory. The kernel gives it back when its holder dies.
 */
final class BaseLock implements AutoCloseable {

    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long PAUSE_MILLIS = 5;

    private final int descriptor;

    private BaseLock(int descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Takes the lock; waits for half a minute at most.
     *
     * @throws UnavailableException if another guard holds it for longer, or this thread is interrupted
     */
    static BaseLock take(Path base) throws UnavailableException {
        int descriptor = Descriptors.open(base);
        if (descriptor < 0) {
            throw new UnavailableException(base + " cannot be opened", "let this user read it");
        }
        boolean taken = false;
        try {
            long begin = System.nanoTime();
            while (!(taken = Descriptors.tryLock(descriptor))) {
                if (System.nanoTime() - begin > TIMEOUT_NANOS) {
                    throw new UnavailableException(
                            "another guard has held the lock of " + base + " for half a minute",
                            "see who has it: lslocks");
                }
                Thread.sleep(PAUSE_MILLIS);
            }
            return new BaseLock(descriptor);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("interrupted while waiting for the lock of " + base, "");
        } finally {
            if (!taken) {
                LinuxCalls.close(descriptor);
            }
        }
    }

    @Override
    public void close() {
        LinuxCalls.close(descriptor);
    }
}

package io.nbguard.cgroup.leaf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Waits for what another process does. */
final class Await {

    private Await() {}

    /** What is waited for. */
    interface Condition {
        boolean holds() throws IOException;
    }

    static void until(Condition condition) {
        long begin = System.nanoTime();
        try {
            while (!condition.holds()) {
                assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.MINUTES.toNanos(2));
                TimeUnit.MILLISECONDS.sleep(5);
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}

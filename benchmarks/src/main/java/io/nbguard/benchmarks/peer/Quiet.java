package io.nbguard.benchmarks.peer;

import io.nbguard.cgroup.kernel.KernelFile;
import io.nbguard.cgroup.kernel.KernelText;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * Distinguishes steady ticks from those in which a monitor may have found something new: whether the machine has started any
 * process or thread, by the last process id in {@code /proc/loadavg}. Allocates nothing.
 */
final class Quiet implements Closeable {

    private final KernelText text = new KernelText(256);
    private final KernelFile loadavg;
    private long last = -1;
    private long lastButOne = -1;

    Quiet() {
        try {
            loadavg = KernelFile.open(Path.of("/proc/loadavg"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns whether nothing has been started since the call before the last: nbguard looks twice at what is new. */
    boolean sinceTheLastTwoCalls() {
        try {
            loadavg.read(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        text.seekAfterLast(' ');
        long now = text.parseLong();
        boolean still = now == last && now == lastButOne;
        lastButOne = last;
        last = now;
        return still;
    }

    @Override
    public void close() {
        loadavg.close();
    }
}
